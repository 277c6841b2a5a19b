"""Changes to views.toml: keep a view, rename it, move it, take it out, choose the one to begin with.

The file is the user's: comments and order stay, each view with the comment right above it.  Every change is made to
the file as it is at that moment, so that nothing that was edited by hand meanwhile is lost; a broken file is never
written over.  What is about to be written is read back first and has to say exactly what was meant.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, Final

import tomlkit

from crm_tui.config.errors import BadViews, NotSaved
from crm_tui.config.files import locked, read_small, reason, replace
from crm_tui.config.reading import MAX_SIZE
from crm_tui.config.statements import Statement, statements
from crm_tui.config.views import SavedView, Views, ViewsFile, wrong_name
from crm_tui.paths import make_private_parent
from crm_tui.structs import Struct
from crm_tui.text import safe

_ATTEMPTS: Final = 5
"""Times that a change is made anew because the file was edited in between."""

_BY_HAND: Final = "It is written in a way that cannot be changed from here; please edit it by hand."

_HEADER: Final = re.compile(
    r"""(\s*\[\s*views\s*\.\s*)(?:[\w-]+|"(?:[^"\\]|\\.)*"|'[^']*')(\s*\].*)""", re.DOTALL
)


class _Block(Struct):
    """A view as it stands in the text, with the comment right above it."""

    name: str
    text: str


class _Text(Struct):
    """The text of the file: what stands before the first view, and the views."""

    head: str
    blocks: list[_Block]

    def place(self, name: str) -> int:
        """Give the place of a view; raises `NotSaved` when it is not there any more."""
        for place, block in enumerate(self.blocks):
            if block.name == name:
                return place
        raise NotSaved(f"There is no view `{safe(name)}` any more.")

    def whole(self) -> str:
        """Give the text, with a line of its own for every header."""
        parts = [self.head, *(block.text for block in self.blocks)]
        ended = [part if not part or part.endswith("\n") else f"{part}\n" for part in parts]
        return "".join(ended)


_Tables = dict[str, dict[str, Any]]

_Edit = Callable[[_Text, _Tables], _Tables]
"""Changes the text, and gives what it has to say afterwards."""


def keep(file: ViewsFile, view: SavedView, *, replaces: bool) -> Views:
    """Write a view down: behind the others, or in the place of the one that is called so.

    Raises `NotSaved` when there is one and it is not to be replaced, or the file cannot be written, and `BadViews`
    when the file is broken.  One that is replaced stays, or stays not, what the program opens with.
    """
    if wrong := wrong_name(view.name):
        raise NotSaved(wrong)

    def edit(text: _Text, tables: _Tables) -> _Tables:
        table = view.to_table()
        old = tables.get(view.name)
        if old is None:
            text.blocks.append(_Block(view.name, _new(text, view.name, table)))
        elif not replaces:
            raise NotSaved(f"There is already a view `{safe(view.name)}`.")
        else:
            table = {**table, "start": True} if old.get("start") else table
            block = text.blocks[text.place(view.name)]
            for key in {**old, **table}:
                block.text = _with(block, key, table.get(key), old)
        return {**tables, view.name: table}

    return _change(file, edit)


def rename(file: ViewsFile, name: str, new: str) -> Views:
    """Call a view otherwise; raises as `keep` does."""
    if wrong := wrong_name(new):
        raise NotSaved(wrong)

    def edit(text: _Text, tables: _Tables) -> _Tables:
        block = text.blocks[text.place(name)]
        if new in tables and new != name:
            raise NotSaved(f"There is already a view `{safe(new)}`.")
        lines = _lines(block.text)
        at = _statements(block)[0].first
        header = _HEADER.fullmatch(lines[at])
        if header is None:
            raise ValueError(name)
        lines[at] = f"{header[1]}{tomlkit.key(new).as_string()}{header[2]}"
        block.name, block.text = new, "".join(lines)
        return {new if key == name else key: table for key, table in tables.items()}

    return _change(file, edit)


def move(file: ViewsFile, name: str, steps: int) -> Views:
    """Put a view so many places further down, or up; raises as `keep` does."""

    def edit(text: _Text, tables: _Tables) -> _Tables:
        at = text.place(name)
        to = max(0, min(at + steps, len(text.blocks) - 1))
        text.blocks.insert(to, text.blocks.pop(at))
        return {block.name: tables[block.name] for block in text.blocks}

    return _change(file, edit)


def remove(file: ViewsFile, name: str) -> Views:
    """Take a view out, with the comment right above it; raises as `keep` does."""

    def edit(text: _Text, tables: _Tables) -> _Tables:
        del text.blocks[text.place(name)]
        return {key: table for key, table in tables.items() if key != name}

    return _change(file, edit)


def begin_with(file: ViewsFile, name: str | None) -> Views:
    """Have the program open with a view, or with none; raises as `keep` does."""

    def edit(text: _Text, tables: _Tables) -> _Tables:
        if name is not None:
            text.place(name)
        meant = {}
        for block in text.blocks:
            old = tables[block.name]
            table = {key: value for key, value in old.items() if key != "start"}
            if block.name == name:
                table["start"] = True
            for key in ("start",) if old.get("start") != table.get("start") else ():
                block.text = _with(block, key, table.get(key), old)
            meant[block.name] = table
        return meant

    return _change(file, edit)


def _change(file: ViewsFile, edit: _Edit) -> Views:
    try:
        # Behind a symbolic link, as in a folder of dotfiles, the file itself is replaced.
        path = make_private_parent(file.path.resolve())
        with locked(path):
            for _ in range(_ATTEMPTS):
                before = file.read()
                if before.problems:
                    raise BadViews(before.problems)
                try:
                    raw, status = read_small(path, MAX_SIZE)
                except FileNotFoundError:
                    raw, status = b"", None
                data = _edited(raw, edit)
                if data is None:
                    raise NotSaved(f"{safe(str(file.path))} was not changed. {_BY_HAND}")
                if len(data) > MAX_SIZE:
                    raise NotSaved(
                        f"{safe(str(file.path))} would become larger than {MAX_SIZE // 1024} KB."
                    )
                if replace(path, data, expected=status, only_new=status is None):
                    return file.read()
    except OSError as error:
        raise NotSaved(f"{safe(str(file.path))} was not changed: {reason(error)}.") from None
    raise NotSaved(f"{safe(str(file.path))} was not changed: somebody else keeps writing it.")


def _edited(raw: bytes, edit: _Edit) -> bytes | None:
    """Give the text after a change; none when it would not say what was meant."""
    said: dict[str, Any] = {}
    try:
        before = raw.decode()
        text = _split(before)
        tables = tomllib.loads(before).get("views", {})
        if list(tables) != [block.name for block in text.blocks]:
            return None
        meant = edit(text, tables)
        after = text.whole()
        said = tomllib.loads(after).get("views", {})
    except (ValueError, tomlkit.exceptions.TOMLKitError):
        return None
    is_meant = said == meant and list(said) == list(meant)
    return after.encode() if is_meant else None


def _split(text: str) -> _Text:
    """Cut a text at its views; raises `ValueError` at one that is not a table with a header of its own."""
    lines = _lines(text)
    begins: list[tuple[str, int]] = []
    for each in statements(text):
        if each.value is not None or len(each.table) != 2:
            continue
        first = each.first
        while first > 0 and lines[first - 1].lstrip().startswith("#"):
            first -= 1
        begins.append((each.table[1], first))
    ends = [*(first for _, first in begins[1:]), len(lines)][: len(begins)]
    blocks = [
        _Block(name, "".join(lines[first:end]))
        for (name, first), end in zip(begins, ends, strict=True)
    ]
    return _Text("".join(lines[: begins[0][1] if begins else len(lines)]), blocks)


def _lines(text: str) -> list[str]:
    """Cut a text into its lines, each with its end, and at nothing else."""
    *whole, last = text.split("\n")
    return [*(f"{line}\n" for line in whole), *([last] if last else [])]


def _statements(block: _Block) -> list[Statement]:
    return list(statements(block.text))


def _new(text: _Text, name: str, table: Mapping[str, Any]) -> str:
    lines = [f"[views.{tomlkit.key(name).as_string()}]"]
    lines += [f"{key} = {tomlkit.item(value).as_string()}" for key, value in table.items()]
    before = text.whole()
    gap = "\n" if before.strip() and not before.endswith("\n\n") else ""
    return gap + "\n".join(lines) + "\n"


def _with(block: _Block, key: str, value: object, old: Mapping[str, Any]) -> str:
    """Give a view's text with another value, or without one; what is beside it in the line stays."""
    if old.get(key) == value:
        return block.text
    if key in old:
        document = tomlkit.parse(block.text)
        table: Any = document["views"]
        if value is None:
            del table[block.name][key]
        else:
            table[block.name][key] = value
        return tomlkit.dumps(document)
    lines = _lines(block.text)
    last = _statements(block)[-1].last
    if not lines[last].endswith("\n"):
        lines[last] += "\n"
    lines.insert(last + 1, f"{key} = {tomlkit.item(value).as_string()}\n")
    return "".join(lines)
