"""The user's profiles, read from profiles.toml; it never writes that file (`editing` does).

Every start reads them before the first paint, and checking a text takes longer than drawing the board.  So a text
that was found whole is kept beside the program's state: the same text is not checked twice, and when a later one
is broken there is a good one to go back to.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from crm_tui import __version__
from crm_tui.config.errors import BadProfiles, NoSuchProfile
from crm_tui.config.files import open_to_others, read_small, reason, replace
from crm_tui.config.profile import Command, Profile
from crm_tui.config.reading import MAX_SIZE, NotToml, parsed, told
from crm_tui.config.statements import Places
from crm_tui.paths import good_profiles_file, make_private_parent, profiles_file
from crm_tui.structs import Struct, field
from crm_tui.text import safe

CHOICE: Final = "CRM_TUI_PROFILE"
"""Variable of the environment that names the profile to open."""

_MARK: Final = f"# The last profiles that crm-tui {__version__} found whole.\n".encode()


class Profiles(Struct, frozen=True):
    """The profiles as they are in the file."""

    path: Path
    """The file, whether it is there or not."""
    by_name: Mapping[str, Profile] = field(default_factory=lambda: MappingProxyType({}))
    """In the order of the file."""
    default: str | None = None

    @classmethod
    def load(cls, path: Path | None = None) -> Profiles:
        """Read the profiles; there are none when there is no file.

        Raises `BadProfiles` when the file cannot be used, saying where and why.
        """
        path = path or profiles_file()
        try:
            raw, status = read_small(path, MAX_SIZE)
        except FileNotFoundError:
            return cls(path)
        except OSError as error:
            raise BadProfiles(f"{safe(str(path))} cannot be read: {reason(error)}.") from None
        document = checked(path, raw)
        found = cls.from_document(path, document)
        commands = [
            profile.name
            for profile in found.by_name.values()
            if isinstance(profile.password, Command)
        ]
        if commands and (exposed := open_to_others(path.resolve(), status)):
            message = f"A password command of {safe(str(path))} is not trusted: {exposed}"
            raise BadProfiles(message)
        return found

    @classmethod
    def from_document(cls, path: Path, document: Mapping[str, Any]) -> Profiles:
        """Make profiles of what a checked file says."""
        tables = document.get("profiles", {})
        by_name = {name: Profile.from_table(name, table) for name, table in tables.items()}
        return cls(path, MappingProxyType(by_name), document.get("default"))

    @property
    def opened_by_itself(self) -> str | None:
        """The name of the profile that opens without being named: the default, or the only one."""
        if self.default is None and len(self.by_name) == 1:
            return next(iter(self.by_name))
        return self.default

    def get(self, name: str) -> Profile:
        """Give a profile by its name; raises `NoSuchProfile` with the nearest name."""
        if name in self.by_name:
            return self.by_name[name]

        from difflib import get_close_matches  # noqa: PLC0415 - start-up cost: only for a slip

        near = get_close_matches(name, self.by_name, 1)
        hint = f" Did you mean `{near[0]}`?" if near else " `crm-tui profile list` names them."
        raise NoSuchProfile(f"There is no profile `{safe(name, limit=80)}`.{hint}")

    def chosen(
        self, name: str | None = None, environment: Mapping[str, str] = os.environ
    ) -> Profile | None:
        """Give the profile to open: the named one, else the environment's, the default, the only one.

        Gives none when there is no profile at all.  Raises `NoSuchProfile` when there are several and none
        of them is meant.
        """
        wanted = name or environment.get(CHOICE) or self.default
        if wanted:
            return self.get(wanted)
        if len(self.by_name) > 1:
            message = (
                f"There are {len(self.by_name)} profiles and none is the default. "
                f"Name one with --profile or {CHOICE}, or make one the default: "
                "`crm-tui profile default NAME`."
            )
            raise NoSuchProfile(message)
        return next(iter(self.by_name.values()), None)


def checked(path: Path, raw: bytes) -> dict[str, Any]:
    """Give what the text of a file says, if it is whole.

    Raises `BadProfiles` with file, line and what would be right.
    """
    good = good_profiles_file()
    known = _MARK + raw
    try:
        is_known = read_small(good, MAX_SIZE + len(_MARK))[0] == known
    except OSError:
        is_known = False
    try:
        text, document = parsed(raw)
    except NotToml as error:
        raise BadProfiles(_told(path, [(error.line, error.said)])) from None
    if is_known:
        return document

    from crm_tui.config.schema import problems  # noqa: PLC0415 - start-up cost of pydantic

    found = problems(document)
    if found:
        places = Places(text)
        lines = [(places.line_of(problem.path), problem.said) for problem in found]
        raise BadProfiles(_told(path, sorted(lines)))
    with suppress(OSError):  # It only makes the next start quicker.
        replace(make_private_parent(good), known, lasting=False)
    return document


def _told(path: Path, lines: list[tuple[int, str]]) -> str:
    """Say what is wrong, one line each, and where a whole version is."""
    said = told(path, lines)
    good = good_profiles_file()
    if good.is_file():
        back = f"cp {shlex.quote(str(good))} {shlex.quote(str(path))}"
        said.append(
            f"The file is left as it is. The last whole version comes back with: {safe(back)}"
        )
    return "\n".join(said)
