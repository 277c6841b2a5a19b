"""The language of typed commands: a line as somebody types it, as a `Typed`, and a `Typed` as a line again.

    move ID … STAGE             to a stage, by its name or as #ID
    follow-up ID … DAY          12 nov, +10d, fri; none
    lost ID … REASON            by its name or as #NUMBER
    won ID …                    reopen ID …
    owner ID … OWNER            by name or as #ID; me, nobody
    to-me ID …
    value ID … AMOUNT           2500; - for none
    source ID … SOURCE          by its name or as #NUMBER; none
    type ID … TYPE              one of its location, by its name or as #ID; none
    note ID … TEXT
    canned-note ID … NAME       by its name or as #ID
    task ID … TEXT              for the customer; with a day behind it: call back @fri
    next-stage ID …             previous-stage ID …
    lower ID [PLACES]           higher ID [PLACES]
    undo                        redo
    retry NUMBER                an entry of the journal, as `crm-tui pending` numbers it

An id is that of an opportunity, with or without a # before it.  Nothing needs quotes, as on the program's own line
(`line.py`): what follows the ids is one argument, and where it is wholly in quotes they are a shell's.  A number that
may be an id as well as the beginning of a text is refused: a colon behind the ids parts the two, as in
``note 42 43: called``.  What a stage's name means is asked of the command itself, which knows the book; nothing is
looked up here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

from crm_tui.commands.quoting import Unclosed, quoted, unquoted
from crm_tui.domain.follow_ups import Week
from crm_tui.domain.follow_ups import typed as typed_day
from crm_tui.domain.nearest import nearest
from crm_tui.domain.typed_words import DayError
from crm_tui.structs import Struct

_QUOTED: Final = 30
"""Characters of what was typed that a message repeats."""

_ID: Final = re.compile(r"#?[0-9]{1,18}")
"""An id as it is typed; the service's are far shorter."""

_ID_AND_COLON: Final = re.compile(r"#?0*[1-9][0-9]{0,17}:")
"""The last id before a text."""

_ANY_DAY: Final = date(2026, 1, 1)
""""Today", where only the form of a typed day is looked at."""


class Argument(StrEnum):
    """What a command is followed by."""

    RECORDS = "ID …"
    RECORD = "ID"
    CHOICE = "STAGE"
    REASON = "REASON"
    OWNER = "OWNER"
    SOURCE = "SOURCE"
    TYPE = "TYPE"
    CANNED = "NAME"
    DAY = "DAY"
    AMOUNT = "AMOUNT"
    TEXT = "TEXT"
    PLACES = "[PLACES]"
    ENTRY = "NUMBER"


NAMED: Final = {
    Argument.CHOICE: "stage",
    Argument.REASON: "loss reason",
    Argument.OWNER: "owner",
    Argument.SOURCE: "lead source",
    Argument.TYPE: "type",
    Argument.CANNED: "canned note",
}
"""What is named of that which the command asks for, and what it is called."""

TYPED: Final = {
    Argument.DAY: "day",
    Argument.AMOUNT: "amount",
    Argument.TEXT: "text",
}
"""What is typed as it is, and what it is called."""

GRAMMAR: Final = {
    "move": (Argument.RECORDS, Argument.CHOICE),
    "follow-up": (Argument.RECORDS, Argument.DAY),
    "lost": (Argument.RECORDS, Argument.REASON),
    "won": (Argument.RECORDS,),
    "reopen": (Argument.RECORDS,),
    "owner": (Argument.RECORDS, Argument.OWNER),
    "to-me": (Argument.RECORDS,),
    "value": (Argument.RECORDS, Argument.AMOUNT),
    "source": (Argument.RECORDS, Argument.SOURCE),
    "type": (Argument.RECORDS, Argument.TYPE),
    "note": (Argument.RECORDS, Argument.TEXT),
    "canned-note": (Argument.RECORDS, Argument.CANNED),
    "task": (Argument.RECORDS, Argument.TEXT),
    "next-stage": (Argument.RECORDS,),
    "previous-stage": (Argument.RECORDS,),
    "lower": (Argument.RECORD, Argument.PLACES),
    "higher": (Argument.RECORD, Argument.PLACES),
    "undo": (),
    "redo": (),
    "retry": (Argument.ENTRY,),
}
"""Name of a command → what follows it.  All but `retry` are of the catalogue."""


class Typed(Struct, frozen=True):
    """A command as it was typed, with what it was given."""

    name: str
    ids: tuple[int, ...] = ()
    """Opportunities, in the order in which they were named, each once."""
    choice: str = ""
    """What was named or typed of that which the command asks for; raw."""
    places: int = 1
    entry: int = 0
    """Number of an entry of the journal."""


class LineError(ValueError):
    """A line cannot be read; `message` repeats what was typed, raw: it is passed through `text.safe`."""

    def __init__(self, position: int, message: str) -> None:
        super().__init__(message)
        self.position = position
        """Place in the line, from 0, where what is wrong begins; its length when something is missing there."""
        self.message = message
        """What is wrong and what would be right, in plain words, with no full stop."""


class _Word(Struct, frozen=True):
    """A word, and where it begins."""

    position: int
    text: str

    @property
    def is_id(self) -> bool:
        """Say whether it can be an id."""
        return _ID.fullmatch(self.text) is not None and int(self.text.removeprefix("#")) > 0


_ArgumentOf = Callable[[Sequence[_Word]], tuple[str, bool]]
"""Makes one argument of the words that are left; says, too, whether it is surely one, since it was in quotes."""


def read_line(line: str) -> Typed:
    """Read a line; raises `LineError` and nothing else."""
    words = [_Word(found.start(), found[0]) for found in re.finditer(r"\S+", line)]

    def argument(words: Sequence[_Word]) -> tuple[str, bool]:
        typed = line[words[0].position :].rstrip()
        try:
            whole = unquoted(typed)
        except Unclosed as error:
            raise LineError(words[0].position + error.position, error.message) from None
        return (typed if whole is None else whole), whole is not None

    return _read(line, words, argument)


def read_words(words: Sequence[str]) -> Typed:
    """Read words that a shell has taken a line apart into; raises `LineError`.

    Its positions are those in the words with a space between each two.
    """
    placed, place = [], 0
    for word in words:
        placed.append(_Word(place, word))
        place += len(word) + 1

    def argument(words: Sequence[_Word]) -> tuple[str, bool]:
        is_apart = len(words) == 1 and " " in words[0].text
        return " ".join(word.text for word in words), is_apart

    return _read(" ".join(words), placed, argument)


def _read(line: str, words: Sequence[_Word], argument_of: _ArgumentOf) -> Typed:
    if not words:
        raise LineError(len(line), f"a command is missing: {', '.join(GRAMMAR)}")
    head, *rest = words
    arguments = GRAMMAR.get(head.text)
    if arguments is None:
        near = nearest(head.text, GRAMMAR)
        guess = f"did you mean {near}?" if near else f"there are {', '.join(GRAMMAR)}"
        raise LineError(head.position, f"there is no command {_cited(head)} to type; {guess}")
    return _Reading(line, head.text, rest, argument_of).typed(arguments)


def written(typed: Typed) -> str:
    """Write a command as a line that reads as the same again."""
    arguments = GRAMMAR[typed.name]
    words = [typed.name, *map(str, typed.ids)]
    if last_of(typed.name) is not None:
        words.append(quoted(typed.choice))
    if Argument.PLACES in arguments and typed.places != 1:
        words.append(str(typed.places))
    if Argument.ENTRY in arguments:
        words.append(str(typed.entry))
    return " ".join(words)


def last_of(name: str) -> Argument | None:
    """Give what a command asks for behind its records, if it does."""
    return next((each for each in GRAMMAR[name] if each in NAMED or each in TYPED), None)


def usage(name: str) -> str:
    """Say how a command is typed: ``move ID … STAGE``."""
    return " ".join([name, *GRAMMAR[name]])


class _Reading:
    """The words behind a command's name, and how far they are read."""

    def __init__(
        self, line: str, name: str, words: Sequence[_Word], argument_of: _ArgumentOf
    ) -> None:
        self._line = line
        self._name = name
        self._words = list(words)
        self._argument_of = argument_of

    def typed(self, arguments: tuple[Argument, ...]) -> Typed:
        ids: tuple[int, ...] = ()
        choice, places, entry = "", 1, 0
        if (last := last_of(self._name)) is not None:
            ids, choice = self._records_and(last)
        elif Argument.RECORDS in arguments:
            ids = self._records()
        elif Argument.RECORD in arguments:
            ids = (self._number("the id of an opportunity", is_id=True),)
        if Argument.PLACES in arguments and self._words:
            places = self._number("a number of places")
        if Argument.ENTRY in arguments:
            entry = self._number("the number of an entry")
        if self._words:
            raise LineError(self._words[0].position, f"it takes no more: {usage(self._name)}")
        return Typed(self._name, ids, choice, places, entry)

    def _records_and(self, kind: Argument) -> tuple[tuple[int, ...], str]:
        """Read ids, and all that follows as one argument of a kind."""
        what = f"its {NAMED.get(kind) or TYPED[kind]}"
        count = self._count_ids(kind)
        if count == 0:
            self._number("the id of an opportunity", is_id=True)  # says what is wrong with it
        ids, rest = self._words[:count], self._words[count:]
        if not rest:
            raise self._missing(what)
        choice, is_apart = self._argument_of(rest)
        if not choice:
            raise LineError(rest[0].position, f"{what} is empty: {usage(self._name)}")
        if kind is Argument.TEXT and not is_apart:
            self._refuse_unclear(ids)
        self._words = []
        return tuple(dict.fromkeys(map(_id, ids))), choice

    def _count_ids(self, kind: Argument) -> int:
        """Count the words that are ids; what is behind them is the argument."""
        words = self._words
        run = 0
        while run < len(words) and words[run].is_id:
            run += 1
        if kind is Argument.TEXT:
            if run + 1 < len(words) and _ID_AND_COLON.fullmatch(words[run].text):
                return run + 1
            marked = [word.text.startswith("#") for word in words[:run]]
            if run and marked[0] and False in marked:
                return marked.index(False)
        if run == len(words):
            return run - 1 if run > 1 else run  # the last one is what is asked for
        if kind is Argument.DAY and run > 1 and not words[run - 1].text.startswith("#"):
            text, is_apart = self._argument_of(words[run:])
            return run if is_apart or _is_day(text) else run - 1  # ``12 dec``, ``2 weeks``
        return run

    def _refuse_unclear(self, ids: Sequence[_Word]) -> None:
        """Refuse numbers that may be ids, or the beginning of the text that follows."""
        bare = [word for word in ids[1:] if not word.text.startswith("#")]
        if bare and not ids[-1].text.endswith(":"):
            said = f"{_cited(bare[0])} may be an id, or begin the text"
            first = " ".join(word.text for word in ids)
            raise LineError(
                bare[0].position, f"{said}: put a colon behind the ids, as in {first}: …"
            )

    def _missing(self, what: str) -> LineError:
        return LineError(len(self._line), f"{what} is missing: {usage(self._name)}")

    def _records(self) -> tuple[int, ...]:
        ids = [self._number("the id of an opportunity", is_id=True)]
        while self._words:
            ids.append(self._number("the id of an opportunity", is_id=True))
        return tuple(dict.fromkeys(ids))

    def _number(self, what: str, *, is_id: bool = False) -> int:
        if not self._words:
            raise self._missing(what)
        word = self._words.pop(0)
        if not word.is_id or (word.text.startswith("#") and not is_id):  # a count has no sign
            raise LineError(word.position, f"{_cited(word)} is not {what}")
        return _id(word)


def _id(word: _Word) -> int:
    return int(word.text.removeprefix("#").removesuffix(":"))


def _is_day(text: str) -> bool:
    """Say whether a text alone is a day, whichever."""
    try:
        typed_day(text, _ANY_DAY, Week())
    except DayError:
        return text.casefold() in ("-", "none", "clear")
    return True


def _cited(word: _Word) -> str:
    text = word.text
    return f"“{text[:_QUOTED]}…”" if len(text) > _QUOTED else f"“{text}”"
