"""Changes to profiles.toml: add a profile, remove one, choose the default.

The file is the user's: its comments and its order stay, it is replaced whole or not at all, and a file that is
broken, or that somebody changed meanwhile, is never written over.  What is about to be written is read back first and
has to say exactly what was meant.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import tomlkit

from crm_tui.config.errors import BadProfiles, NoSuchProfile, NotSaved
from crm_tui.config.files import locked, read_small, reason, replace
from crm_tui.config.profile import Profile
from crm_tui.config.profiles import Profiles, checked
from crm_tui.config.reading import MAX_SIZE
from crm_tui.config.statements import without
from crm_tui.paths import make_private_parent, profiles_file
from crm_tui.structs import Struct
from crm_tui.text import safe

_ATTEMPTS: Final = 5
"""Times that a change is made anew because the file was edited in between."""

_BY_HAND: Final = "It is written in a way that cannot be changed from here; please edit it by hand."


class _Edit(Struct, frozen=True):
    """A new text, and what it has to say."""

    text: str
    meaning: dict[str, Any]


def add(profile: Profile, *, make_default: bool = False, path: Path | None = None) -> Profiles:
    """Add a profile behind the others; the first one becomes the default.

    Raises `NotSaved` when the name is taken or the file cannot be written, and `BadProfiles` when the file is
    broken or the profile would make it so.
    """

    def edit(text: str, document: dict[str, Any]) -> _Edit:
        tables = document.get("profiles", {})
        if profile.name in tables:
            raise NotSaved(f"There is already a profile `{safe(profile.name, limit=80)}`.")
        table = profile.to_table()
        meaning = {**document, "profiles": {**tables, profile.name: table}}
        text = _appended(text, profile.name, table)
        if make_default or not tables:
            meaning["default"] = profile.name
            text = _with_default(text, profile.name)
        return _Edit(text, meaning)

    return _change(path, edit)


def remove(name: str, *, path: Path | None = None) -> Profiles:
    """Take a profile out; when it was the default there is none afterwards.

    Raises `NoSuchProfile`, `NotSaved` and `BadProfiles`.
    """

    def edit(text: str, document: dict[str, Any]) -> _Edit:
        _must_be_there(document, name)
        tables = {key: table for key, table in document["profiles"].items() if key != name}
        meaning = {key: value for key, value in document.items() if key != "profiles"}
        text = without(text, ("profiles", name))
        # The last one may leave an empty [profiles] behind; what it means is the same.
        meaning["profiles"] = tables
        if meaning.get("default") == name:
            del meaning["default"]
            text = without(text, ("default",))
        return _Edit(text, meaning)

    return _change(path, edit)


def set_default(name: str, *, path: Path | None = None) -> Profiles:
    """Choose the profile that is opened when none is named."""

    def edit(text: str, document: dict[str, Any]) -> _Edit:
        _must_be_there(document, name)
        return _Edit(_with_default(text, name), {**document, "default": name})

    return _change(path, edit)


def _change(path: Path | None, edit: Callable[[str, dict[str, Any]], _Edit]) -> Profiles:
    """Read the file, change its text, and put it in place, while no other process of ours does."""
    named = path or profiles_file()
    try:
        # Behind a symbolic link, as in a folder of dotfiles, the file itself is replaced.
        path = make_private_parent(named.resolve())
        with locked(path):
            for _ in range(_ATTEMPTS):
                if _is_changed(path, edit):
                    return Profiles.load(path)
    except OSError as error:
        raise NotSaved(f"{safe(str(named))} was not changed: {reason(error)}.") from None
    raise NotSaved(f"{safe(str(named))} was not changed: somebody else keeps writing it.")


def _is_changed(path: Path, edit: Callable[[str, dict[str, Any]], _Edit]) -> bool:
    """Do one round; false when somebody edited the file during it."""
    try:
        raw, status = read_small(path, MAX_SIZE)
    except FileNotFoundError:
        raw, status = b"", None
    document = checked(path, raw)
    try:
        new = edit(raw.decode(), document)
    except (ValueError, tomlkit.exceptions.TOMLKitError):
        raise NotSaved(f"{safe(str(path))} was not changed. {_BY_HAND}") from None
    said: dict[str, Any] = {}
    with suppress(tomllib.TOMLDecodeError):
        said = tomllib.loads(new.text)
    if _plain(said) != _plain(new.meaning):
        raise NotSaved(f"{safe(str(path))} was not changed. {_BY_HAND}")
    data = new.text.encode()
    _refuse_what_is_wrong(path, new)
    if len(data) > MAX_SIZE:
        raise NotSaved(f"{safe(str(path))} would become larger than {MAX_SIZE // 1024} KB.")
    return replace(path, data, expected=status, only_new=status is None)


def _refuse_what_is_wrong(path: Path, new: _Edit) -> None:
    from crm_tui.config.schema import problems  # noqa: PLC0415 - start-up cost of pydantic

    found = problems(new.meaning)
    if found:
        raise BadProfiles("\n".join(problem.said for problem in found))


def _must_be_there(document: dict[str, Any], name: str) -> None:
    if name not in document.get("profiles", {}):
        Profiles.from_document(Path(), document).get(name)
        raise NoSuchProfile(name)  # pragma: no cover - get has raised


def _appended(text: str, name: str, table: dict[str, Any]) -> str:
    """Give the text with a table at its end: what is there stays as it is."""
    new = tomlkit.document()
    profiles = tomlkit.table(is_super_table=True)
    limits = table.get("limits")
    own = tomlkit.table()
    for key, value in table.items():
        own.add(key, tomlkit.inline_table() if value is limits else tomlkit.item(value))
    if limits is not None:
        own["limits"].update(limits)
    profiles.add(name, own)
    new.add("profiles", profiles)
    before = text if not text or text.endswith("\n") else f"{text}\n"
    return f"{before}\n{tomlkit.dumps(new)}" if before.strip() else before + tomlkit.dumps(new)


def _with_default(text: str, name: str) -> str:
    document = tomlkit.parse(text)
    document["default"] = name
    return tomlkit.dumps(document)


def _plain(meaning: dict[str, Any]) -> dict[str, Any]:
    """Make two meanings comparable: no profiles and an empty table of them are the same."""
    return {key: value for key, value in meaning.items() if value != {}}
