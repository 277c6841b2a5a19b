"""What the doctor sees on this machine: profiles, settings, terminal.  It changes nothing and asks nothing."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping

from crm_tui.cli.choosing import BEGIN
from crm_tui.cli.doctor.findings import Finding, advice, ok, problem
from crm_tui.cli.forgetting import changes_are, unsent
from crm_tui.cli.output import marks_in_words
from crm_tui.cli.surroundings import what_is_missing
from crm_tui.commands.catalogue import CATALOGUE
from crm_tui.commands.remaps import keymap
from crm_tui.config.errors import ConfigError
from crm_tui.config.files import open_to_others
from crm_tui.config.profile import Profile
from crm_tui.config.profiles import Profiles
from crm_tui.config.settings import Settings
from crm_tui.paths import journal_file, mirror_file, profiles_file, settings_file, tokens_file
from crm_tui.store.journal import JournalFailed
from crm_tui.text import locale_is_utf8, safe

_ROOMY = (80, 24)
"""Columns and rows on which the board is at its ease."""


def look_at_profiles() -> Iterator[Finding]:
    """Look at the file of profiles."""
    path = profiles_file()
    try:
        profiles = Profiles.load()
        status = path.stat() if path.exists() else None
    except ConfigError as error:
        for line in str(error).split("\n"):
            yield problem("profiles", line)
        return
    except OSError as error:
        yield problem("profiles", f"{path} cannot be read: {error.strerror}.")
        return
    if status is None:
        yield advice("profiles", f"there is no {path} yet. {BEGIN}")
        return
    count = len(profiles.by_name)
    mode = stat.S_IMODE(status.st_mode)
    names = "1 profile" if count == 1 else f"{count} profiles"
    exposed = open_to_others(path.resolve(), status)
    if exposed:
        yield advice("profiles", exposed)
    else:
        yield ok("profiles", f"{path}: {names}, mode {mode:04o}.")


def look_at_settings() -> Iterator[Finding]:
    """Look at the user's settings, and whether their keys go together."""
    path = settings_file()
    try:
        settings = Settings.load()
    except ConfigError as error:
        for line in str(error).split("\n"):
            yield problem("settings", line)
        return
    report = keymap(CATALOGUE, settings.keys).report
    for sentence in report:
        yield advice("keys", safe(sentence))
    if not report and path.exists():
        yield ok("settings", f"{path}: theme {settings.theme}, density {settings.density}.")


def look_at_profile(profile: Profile) -> Iterator[Finding]:
    """Look at what the chosen profile promises."""
    told = marks_in_words(profile)
    name = profile.name or "given by --url and --user"
    yield ok("profile", f"{name}: {profile.user}{f', {told}' if told else ''}.")
    if profile.sign_in == "token":
        yield _tokens()


def look_at_book(profile: Profile) -> Iterator[Finding]:
    """Look at what this machine keeps of the profile's book: where it lies, how large it is, what is not sent."""
    if not profile.name:
        return
    mirror, journal = mirror_file(profile.name), journal_file(profile.name)
    try:
        if mirror.exists():
            size = mirror.stat().st_size / 1_000_000
            yield ok("local copy", f"{mirror}: {size:,.1f} MB.")
        if journal.exists():
            count = unsent(profile)
            said = f"{changes_are(count)} not sent: `crm-tui pending`" if count else "all is sent"
            yield (advice if count else ok)("journal", f"{journal}: {said}.")
    except OSError as error:
        yield problem("local copy", f"{error.filename} cannot be read: {error.strerror}.")
    except JournalFailed as error:
        yield problem("journal", error.words)


def _tokens() -> Finding:
    """Tell where tokens are kept, each time: they are as good as the password while they last."""
    file = tokens_file("", "")
    if file is None:
        return advice(
            "tokens",
            "kept in memory only, so each start asks anew: XDG_RUNTIME_DIR is no private folder of yours.",
        )
    return ok("tokens", f"kept in {file.parent} until `crm-tui sign-out`, for your eyes only.")


def look_at_terminal(environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Look at the terminal, as far as there is one: in a pipe there is not."""
    term = environment.get("TERM", "")
    missing = what_is_missing()
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        # A report that goes into a file is no reason to complain about where it was made.
        said = "this report is made without one or goes elsewhere; the board needs a terminal."
        yield advice("terminal", said)
    elif missing:
        yield problem("terminal", missing)
    else:
        yield ok("terminal", f"TERM={term}.")
    yield _colours(environment, term)
    yield from _size()
    if locale_is_utf8(dict(environment)):
        yield ok("UTF-8", "the locale encodes text as UTF-8.")
    else:
        yield advice(
            "UTF-8", "the locale does not, so the board is drawn in ASCII. Try LC_ALL=C.UTF-8."
        )
    if environment.get("TMUX"):
        yield from _tmux(term)


def _colours(environment: Mapping[str, str], term: str) -> Finding:
    if environment.get("NO_COLOR"):
        return ok("colours", "NO_COLOR is set: none are used.")
    if environment.get("COLORTERM") in ("truecolor", "24bit"):
        return ok("colours", "all of them (COLORTERM).")
    if "256color" in term or "direct" in term:
        return ok("colours", "256. If the terminal knows more, COLORTERM=truecolor says so.")
    return advice(
        "colours", "few, so its own are used. If it knows 256, TERM=xterm-256color says so."
    )


def _size() -> Iterator[Finding]:
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        try:
            columns, rows = os.get_terminal_size(stream.fileno())
        except (OSError, ValueError):
            continue
        if columns < _ROOMY[0] or rows < _ROOMY[1]:
            yield advice("size", f"{columns}x{rows} is narrow; {_ROOMY[0]}x{_ROOMY[1]} is roomier.")
        else:
            yield ok("size", f"{columns}x{rows}.")
        return


def _tmux(term: str) -> Iterator[Finding]:
    if term.startswith(("tmux", "screen")):
        yield ok("tmux", f"it is there, and TERM={term} fits it.")
    else:
        yield advice("tmux", f"inside tmux TERM={term or '(none)'} misleads; tmux-256color fits.")
