"""The user's saved views, read from views.toml beside profiles.toml; it never writes that file (`view_editing` does).

    [views."Due today"]
    filter = "status:open due<=today"
    sort = "-value"
    columns = ["customer", "stage:20"]
    page_size = 50
    start = true

A file that is broken hides no more than what is broken in it: the views that are whole are given beside what is wrong.
Where nothing of it can be read, those of the last whole version are.  What a filter means is the domain's.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from crm_tui.config.files import read_small, reason, replace
from crm_tui.config.reading import MAX_SIZE, NotToml, nearest, parsed, told
from crm_tui.config.statements import Path as Place
from crm_tui.config.statements import Places
from crm_tui.paths import good_views_file, make_private_parent, views_file
from crm_tui.structs import Struct
from crm_tui.text import safe

LONGEST_NAME: Final = 60
"""Characters of a view's name."""

_LONGEST_FILTER: Final = 2_000
"""Characters of a filter."""

_LARGEST_PAGE: Final = 100_000
"""Rows of a page."""


class Vocabulary(Struct, frozen=True):
    """What a view can name."""

    sorts: Collection[str]
    """What can be sorted by."""
    columns: Collection[str]
    narrowest: int
    """Cells of the narrowest column."""
    widest: int


class SavedView(Struct, frozen=True):
    """A view as it is written; what is empty is as it is for a table that nobody has changed."""

    name: str
    filter: str = ""
    sort: str = ""
    """A word of the vocabulary, with `-` before it for the largest first."""
    columns: tuple[str, ...] = ()
    """Names, with `:` and the cells behind those that have a width of their own."""
    page_size: int = 0
    start: bool = False
    """It is what the program opens with."""

    def to_table(self) -> dict[str, Any]:
        """Give it as a table of the file, without what is empty."""
        table = {
            "filter": self.filter,
            "sort": self.sort,
            "columns": list(self.columns),
            "page_size": self.page_size,
            "start": self.start,
        }
        return {key: value for key, value in table.items() if value}


class Views(Struct, frozen=True):
    """The saved views, and what is wrong with their file."""

    views: tuple[SavedView, ...] = ()
    """Those that are whole, in the order of the file."""
    problems: str = ""
    """What is wrong, a line each; empty when the file is whole, or not there."""
    stamp: tuple[int, ...] = ()
    """Tells one version of the file from another."""

    def get(self, name: str) -> SavedView | None:
        """Give a view by its name."""
        return next((view for view in self.views if view.name == name), None)


class ViewsFile:
    """The file of the saved views."""

    def __init__(self, vocabulary: Vocabulary, path: Path | None = None) -> None:
        self.path = path or views_file()
        self.vocabulary = vocabulary

    def stamp(self) -> tuple[int, ...]:
        """Tell the version that is on the disk now; empty when there is none."""
        try:
            return stamp_of(os.stat(self.path))
        except OSError:
            return ()

    def read(self) -> Views:
        """Read the views; a missing file has none.  It raises nothing: what is wrong is said."""
        try:
            raw, status = read_small(self.path, MAX_SIZE)
        except FileNotFoundError:
            return Views()
        except OSError as error:
            said = f"{safe(str(self.path))} cannot be read: {reason(error)}."
            return Views(self._good(), _with_way_back(said, self.path), self.stamp())
        stamp = stamp_of(status)
        try:
            text, document = parsed(raw)
        except NotToml as error:
            said = "\n".join(told(self.path, [(error.line, error.said)]))
            return Views(self._good(), _with_way_back(said, self.path), stamp)
        found = dict.fromkeys(problems(document, self.vocabulary))
        views = _whole(document, {place[:2] for place, _ in found})
        if not found:
            self._keep_good(raw)
            return Views(views, "", stamp)
        places = Places(text)
        lines = sorted((places.line_of(place), said) for place, said in found)
        said = "\n".join(told(self.path, lines))
        return Views(views, _with_way_back(said, self.path), stamp)

    def _good(self) -> tuple[SavedView, ...]:
        """Give the views of the last whole version, if there was one."""
        try:
            _, document = parsed(read_small(good_views_file(), MAX_SIZE)[0])
        except (OSError, NotToml):
            return ()
        return _whole(document, {place[:2] for place, _ in problems(document, self.vocabulary)})

    def _keep_good(self, raw: bytes) -> None:
        good = good_views_file()
        with suppress(OSError):  # It is there to go back to, and nothing depends on it.
            if not good.is_file() or read_small(good, MAX_SIZE)[0] != raw:
                replace(make_private_parent(good), raw, lasting=False)


def stamp_of(status: os.stat_result) -> tuple[int, ...]:
    """Tell one version of a file from another."""
    return status.st_ino, status.st_size, status.st_mtime_ns


def _with_way_back(said: str, path: Path) -> str:
    said += "\nThe file is left as it is."
    good = good_views_file()
    if good.is_file():
        back = f"cp {shlex.quote(str(good))} {shlex.quote(str(path))}"
        said += f" The last whole version comes back with: {safe(back)}"
    return said


def _whole(document: Mapping[str, Any], broken: set[Place]) -> tuple[SavedView, ...]:
    tables = document.get("views", {})
    if not isinstance(tables, dict):
        return ()
    return tuple(
        _view(name, table) for name, table in tables.items() if ("views", name) not in broken
    )


def _view(name: str, table: Mapping[str, Any]) -> SavedView:
    return SavedView(
        name,
        table.get("filter", ""),
        table.get("sort", ""),
        tuple(table.get("columns", ())),
        table.get("page_size", 0),
        table.get("start", False),
    )


# What may stand there


def problems(document: Mapping[str, Any], vocabulary: Vocabulary) -> Iterator[tuple[Place, str]]:
    """Say what is wrong with what a file says, each with its place."""
    for key in document:
        if key != "views":
            yield (key,), f"`{safe(key, limit=80)}` is not known.{nearest(key, ['views'])}"
    tables = document.get("views", {})
    if not isinstance(tables, dict):
        yield ("views",), '`views` must be tables such as [views."Due today"].'
        return
    start = ""
    for name, table in tables.items():
        place: Place = ("views", name)
        if wrong := wrong_name(name):
            yield place, wrong
        if not isinstance(table, dict):
            yield place, f"`{safe(name, limit=80)}` must be a table."
            continue
        for key, value in table.items():
            if said := _wrong(key, value, vocabulary):
                yield (*place, key), said
        if table.get("start") is True:
            if start:
                yield (*place, "start"), f"`{safe(start)}` is what the program opens with already."
            start = start or name


def wrong_name(name: str) -> str:
    """Say why a view cannot be called so; empty when it can."""
    if not name or name != name.strip() or safe(name) != name:
        return "A view needs a name of plain characters, without spaces at its ends."
    if len(name) > LONGEST_NAME:
        return f"The name of a view has {LONGEST_NAME} characters at most."
    return ""


_KEYS: Final = ("filter", "sort", "columns", "page_size", "start")


def _wrong(key: str, value: object, vocabulary: Vocabulary) -> str:
    match key, value:
        case "filter", str() if len(value) <= _LONGEST_FILTER:
            return ""
        case "filter", _:
            return f"`filter` must be a text of {_LONGEST_FILTER:,} characters at most."
        case "sort", str():
            word = value.removeprefix("-")
            return "" if word in vocabulary.sorts else _unknown("sort", word, vocabulary.sorts)
        case "columns", list() if value:
            return next(filter(None, (_wrong_column(each, vocabulary) for each in value)), "")
        case "columns", _:
            return '`columns` must be a list of names, such as ["customer", "stage:20"].'
        case "page_size", int() if not isinstance(value, bool) and 1 <= value <= _LARGEST_PAGE:
            return ""
        case "page_size", _:
            return f"`page_size` must be a number from 1 to {_LARGEST_PAGE:,}."
        case "start", bool():
            return ""
        case (("sort" | "start"), _):
            right = 'a text such as "-value"' if key == "sort" else "true or false"
            return f"`{key}` must be {right}."
    return f"`{safe(key, limit=80)}` is not known.{nearest(key, _KEYS)}"


def _wrong_column(value: object, vocabulary: Vocabulary) -> str:
    if not isinstance(value, str):
        return "`columns` must be a list of texts."
    name, _, width = value.partition(":")
    if name not in vocabulary.columns:
        return _unknown("columns", name, vocabulary.columns)
    if value == name:
        return ""
    is_number = width.isascii() and width.isdigit() and len(width) < 4
    if not is_number or not vocabulary.narrowest <= int(width) <= vocabulary.widest:
        return (
            f"a width in `columns` must be from {vocabulary.narrowest} to {vocabulary.widest}, "
            "such as stage:20."
        )
    return ""


def _unknown(key: str, word: str, known: Collection[str]) -> str:
    return f"`{key}` names {safe(repr(word), limit=60)}, which is not known.{nearest(word, known)}"
