"""What a command is: an entry of the catalogue, what its handler sees, and the steps it may return.

Steps are values: whoever holds a terminal or a pipe carries them out.  Nothing here acts.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from crm_tui.commands.here import Here
from crm_tui.commands.reading import Reader
from crm_tui.domain.change import Planned
from crm_tui.domain.detail import Detail
from crm_tui.domain.habits import NEVER, Taken
from crm_tui.domain.intent import Entry
from crm_tui.domain.snapshot import Snapshot
from crm_tui.structs import Struct

Answer = str | int
"""What was chosen when a command asked: a record's id, or the name of something of the program's own."""


class Where(StrEnum):
    """Where in the program a command can be given."""

    BOARD = "board"
    SEARCH = "search"
    TRIAGE = "triage"
    ACTIVITY = "activity"
    VIEWS = "views"


EVERYWHERE: Final = frozenset(Where)

AT_WORK: Final = frozenset({Where.BOARD, Where.SEARCH, Where.TRIAGE})
"""Wherever opportunities are worked through."""


class Context(Struct, frozen=True):
    """What a handler may look at: the book, and where the user stood when the key was pressed."""

    snapshot: Snapshot
    where: Where
    board_id: int | None
    record_id: int | None
    """The record under the cursor, by id: what it is, not where it was drawn."""
    marked: tuple[int, ...] = ()
    """Marked records, in the order in which they are shown."""
    are_typed: bool = False
    """They were named by their ids, so that there may never have been such records."""
    location_id: int | None = None
    """The location that everything is narrowed to; none is all of them."""
    entry: Entry | None = None
    """The entry of the journal under the cursor, as it was when the key was pressed."""
    count: int = 1
    """The number typed before a motion."""
    view: str = ""
    """The name of the saved view under the cursor."""
    answer: Answer | None = None
    """What was chosen, once the command has asked."""
    earlier: tuple[Answer, ...] = ()
    """What was chosen before that, where it has asked more than once, the first answer first."""
    detail: Detail | None = None
    """What has been fetched of the record under the cursor."""
    taken: Taken = NEVER
    """What was chosen how often before, where a command asked."""
    undated: frozenset[int] = frozenset()
    """Ids of won opportunities that are known to lack the date."""
    here: Here | None = None
    """None only where no command asks for it."""


class Motion(StrEnum):
    """How the cursor of a view moves."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    PAGE_UP = "page up"
    PAGE_DOWN = "page down"
    FIRST = "first"
    LAST = "last"
    NEXT_COLUMN = "next column"
    PREVIOUS_COLUMN = "previous column"


class Marking(StrEnum):
    """How marks are set and taken off."""

    STEP = "step"
    """Mark the card under the cursor, or take its mark off, and go down."""
    RANGE = "range"
    """Begin a range at the cursor, or mark from its beginning to the cursor."""
    ALL = "all"
    INVERT = "invert"
    NONE = "none"


class Act(StrEnum):
    """What the program itself does, with no record involved."""

    REFRESH = "refresh"
    HELP = "help"
    PALETTE = "palette"
    QUIT = "quit"
    SUSPEND = "suspend"
    UNDO = "undo"
    REDO = "redo"
    RESTORE = "restore"
    FILTER = "filter"
    PANE = "pane"
    PANE_DOWN = "pane-down"
    PANE_UP = "pane-up"
    DENSITY = "density"
    ACTIVITY = "activity"
    NEXT_NEEDING = "next-needing"
    SEARCH = "search"
    COLUMNS = "columns"
    SERVER = "server"
    VIEWS = "views"
    TRIAGE = "triage"
    SKIP = "skip"
    PIN = "pin"
    PARKED = "parked"
    REPEAT = "repeat"
    COMMAND_LINE = "command-line"
    REDRAW = "redraw"


class Write(Struct, frozen=True):
    """Change records; together they are one step that is taken back together."""

    plans: tuple[Planned, ...]


class Preview(Struct, frozen=True):
    """Show what would be changed, and write what of it is agreed to."""

    title: str
    """Foreign text where it names a stage."""
    plans: tuple[Planned, ...]
    left_out: tuple[tuple[str, str], ...]
    """Whose records stay as they are, and why: foreign texts."""


class Confirm(Struct, frozen=True):
    """Change records in a way that nothing takes back: a word has to be typed before it is written.

    More than one are shown first, each to be left out, as a preview.
    """

    title: str
    """Foreign text where it names a stage."""
    plans: tuple[Planned, ...]
    left_out: tuple[tuple[str, str], ...]
    """Whose records stay as they are, and why: foreign texts."""
    warning: str
    """What will happen for good; foreign text."""


class Compare(Struct, frozen=True):
    """Let somebody choose between what was there, what they wanted and what was found."""

    entry: Entry


class Settle(Struct, frozen=True):
    """Say how an entry of the journal goes on."""

    entry: Entry
    choice: Answer


class TakeBack(Struct, frozen=True):
    """Take back the step to which an entry of the journal belongs."""

    entry: Entry


class Choice(Struct, frozen=True):
    """One of the things that can be chosen when a command asks."""

    answer: Answer
    label: str
    """Foreign text."""
    note: str = ""
    """Said beside it: what it would do, or how much is in it.  Foreign text."""
    why_not: str = ""
    """Why it cannot be chosen now, if it cannot."""
    is_grave: bool = False
    """What it would do cannot be taken back by anybody."""
    key: str = ""
    """The key that chooses it, where that is always the same; else one is made of its label."""


class Ask(Struct, frozen=True):
    """Ask for one of several things; the handler is called again with the answer in its context."""

    title: str
    """Foreign text where it names a record."""
    choices: tuple[Choice, ...]
    otherwise: Answer | None = None
    """The answer where nobody can be asked; none where there has to be one."""
    habit: str = ""
    """By what it is kept how often each is chosen; empty where that is of no interest."""


class Prompt(Struct, frozen=True):
    """Have a line typed; the handler is called again with it as the answer in its context."""

    title: str
    """Foreign text where it names a record."""
    example: str
    """Shown while nothing is typed."""
    text: str = ""
    """What the line begins with."""
    anew: bool = False
    """The first letter takes the place of that text, which is not to be mended."""
    otherwise: str = ""
    """The answer where nobody can be asked; empty where there has to be one."""
    reader: Reader | None = None
    """Says what is typed before it is taken; what it cannot read is not taken."""


class Goto(Struct, frozen=True):
    """Show another board."""

    board_id: int


class Locate(Struct, frozen=True):
    """Show a record on its board, or the board that was left where it has none."""

    record_id: int | None


class SortBy(Struct, frozen=True):
    """Sort the table, the other way round where it is sorted so already."""

    by: str
    """A name of `ordering.SORTABLE`."""


class Turn(Struct, frozen=True):
    """Go to another page of the table."""

    pages: int


class PageSize(Struct, frozen=True):
    """Show so many rows on a page of the table."""

    rows: int


class ViewAct(StrEnum):
    """What can be done to a saved view."""

    OPEN = "open"
    SAVE = "save"
    RENAME = "rename"
    LOWER = "lower"
    HIGHER = "higher"
    DELETE = "delete"
    START = "start"


class ForView(Struct, frozen=True):
    """Do something to a saved view."""

    act: ViewAct
    name: str
    new_name: str = ""


class Scope(Struct, frozen=True):
    """Narrow everything to a location, or to none."""

    location_id: int | None


class Dress(Struct, frozen=True):
    """Show everything in another theme."""

    theme: str
    """Its name, as the settings have it."""


class Export(Struct, frozen=True):
    """Write opportunities into a file."""

    how: str
    """Name of a format."""
    record_ids: tuple[int, ...]
    """Which ones, in their order; none is all that is shown."""


class Copy(Struct, frozen=True):
    """Send something to the clipboard."""

    what: str
    """What it is called: ``e-mail``, ``12 ids``."""
    texts: tuple[str, ...]
    """Foreign texts."""
    between: str
    """Stands between two of them."""


class MoveCursor(Struct, frozen=True):
    """Move the cursor."""

    motion: Motion
    count: int = 1


class Mark(Struct, frozen=True):
    """Set marks or take them off."""

    how: Marking


class Say(Struct, frozen=True):
    """Tell the user something, such as why a key cannot act now; may hold foreign text."""

    text: str


class Run(Struct, frozen=True):
    """Do something to the program itself."""

    act: Act


Step = (
    Write
    | Preview
    | Confirm
    | Compare
    | Settle
    | TakeBack
    | Ask
    | Prompt
    | Goto
    | Locate
    | SortBy
    | Turn
    | PageSize
    | ForView
    | Scope
    | Dress
    | Export
    | Copy
    | MoveCursor
    | Mark
    | Say
    | Run
)

Handler = Callable[[Context], Step]


class Command(Struct, frozen=True):
    """One thing a person can ask for; keys, footer, palette and help are made from it."""

    name: str
    """Stable, in lower case with hyphens: remaps, typed lines and tests use it."""
    title: str
    """What it does, as the palette and the help list it."""
    group: str
    """Heading in the help."""
    keys: tuple[str, ...]
    """The first is the one that is shown; keys pressed one after the other are separated by a space."""
    handler: Handler
    hint: str = ""
    """One word or two for the footer; empty when it is not shown there."""
    hint_keys: str = ""
    """The keys that the footer shows where one hint stands for several commands."""
    writes: bool = False
    """It changes records: no list offers it as its first choice, and a key held down gives it once."""
    counts: bool = False
    """A number may be typed before it."""
    repeats: bool = False
    """Though it writes, a key held down gives it again and again: it goes on with the same record."""
    where: frozenset[Where] = frozenset({Where.BOARD})
