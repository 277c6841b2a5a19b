"""What a write does to a record: a `Change` is a list of parts, each with the value the user saw and the new one.

Fields are named as in `records.py`.  Pure: it neither sends nor stores, and knows no service key.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from crm_tui.structs import Struct

Value = str | int | bool | Decimal | datetime | None
"""What a field of an opportunity can hold."""


class Set(Struct, frozen=True):
    """One field gets a new value."""

    field: str
    before: Value
    """As the user saw it."""
    after: Value

    def assignments(self) -> dict[str, Value]:
        """Give field → new value."""
        return {self.field: self.after}

    def bases(self) -> dict[str, Value]:
        """Give field → value as the user saw it."""
        return {self.field: self.before}

    def inverse(self) -> Set:
        """Give the part that takes this one back."""
        return Set(self.field, self.after, self.before)


class Place(Struct, frozen=True):
    """The card is put into a stage, at a position there.

    The service has no move: a move is a write of the stage and the position together.
    """

    stage_id: int
    position: int
    from_stage_id: int
    from_position: int

    def assignments(self) -> dict[str, Value]:
        """Give field → new value."""
        return {"stage_id": self.stage_id, "position": self.position}

    def bases(self) -> dict[str, Value]:
        """Give field → value as the user saw it; the position is left out, since others' cards move it."""
        return {"stage_id": self.from_stage_id}

    def inverse(self) -> Place:
        """Give the part that takes this one back."""
        return Place(self.from_stage_id, self.from_position, self.stage_id, self.position)


class Append(Struct, frozen=True):
    """A block is put at the end of a text, whatever the text is by then.

    There is no base: two people who append do not contradict each other.
    """

    field: str
    block: str

    def assignments(self) -> dict[str, Value]:
        """Give nothing: the new value is known only beside the text that it is appended to."""
        return {}

    def bases(self) -> dict[str, Value]:
        """Give nothing: whatever is there may stay."""
        return {}

    def inverse(self) -> Cut:
        """Give the part that takes this one back."""
        return Cut(self.field, self.block)

    def applied(self, text: str) -> str:
        """Give a text with the block behind it, on a line of its own."""
        if not self.block:
            return text
        return f"{text}\n{self.block}" if text else self.block


class Cut(Struct, frozen=True):
    """A block that was appended is taken out again, and nothing else; it may have become impossible."""

    field: str
    block: str

    def assignments(self) -> dict[str, Value]:
        """Give nothing: the new value is known only beside the text that it is cut from."""
        return {}

    def bases(self) -> dict[str, Value]:
        """Give nothing: what matters is only whether the block is there."""
        return {}

    def inverse(self) -> Append:
        """Give the part that takes this one back; the block comes back at the end."""
        return Append(self.field, self.block)

    def applied(self, text: str) -> str | None:
        """Give a text without the last such block that stands on lines of its own; none when there is none."""
        end = len(text)
        if not self.block:
            return text
        while (start := text.rfind(self.block, 0, end)) >= 0:
            behind = start + len(self.block)
            opens = start == 0 or text[start - 1] == "\n"
            closes = behind == len(text) or text[behind] in "\r\n"
            if opens and closes:
                if start:
                    return text[: start - 1] + text[behind:]
                return text[behind:].removeprefix("\r").removeprefix("\n")
            end = behind - 1
        return None


class Follow(Struct, frozen=True):
    """A field follows from another one: it gets its value along with that one, whatever it was.

    There is no base: nobody decides about it by itself, and who changes it alone contradicts nobody.
    """

    field: str
    of: str
    """The field from which it follows; where that one is not written, this one is not either."""
    before: Value
    """As it is taken to have been, to be taken back as long as nobody has looked."""
    after: Value

    def assignments(self) -> dict[str, Value]:
        """Give field → new value."""
        return {self.field: self.after}

    def bases(self) -> dict[str, Value]:
        """Give nothing: whatever was there may go."""
        return {}

    def inverse(self) -> Follow:
        """Give the part that takes this one back, as far as is known."""
        return Follow(self.field, self.of, self.after, self.before)


class Makes(StrEnum):
    """What kind of record is made."""

    OPPORTUNITY = "opportunity"
    TASK = "task"
    """Something to do for a customer."""


class Make(Struct, frozen=True):
    """A record is made; nothing of it was there before, so that it has no base and meets nobody's edit."""

    values: tuple[tuple[str, Value], ...]
    """Fields with what they are made with, sorted; what is left out gets the server's defaults."""
    what: Makes = Makes.OPPORTUNITY

    def assignments(self) -> dict[str, Value]:
        """Give nothing: there is no record yet whose fields could be changed."""
        return {}

    def bases(self) -> dict[str, Value]:
        """Give nothing."""
        return {}


Part = Set | Follow | Place | Append | Cut | Make


class Change(Struct, frozen=True):
    """Everything one write does to one record."""

    parts: tuple[Part, ...]

    def assignments(self) -> dict[str, Value]:
        """Give field → new value of all parts; a later part wins over an earlier one."""
        merged: dict[str, Value] = {}
        for part in self.parts:
            merged.update(part.assignments())
        return merged

    def bases(self) -> dict[str, Value]:
        """Give field → value as the user saw it, for all fields on which a difference matters.

        Where two parts touch one field the first one knows what was there before them all.
        """
        merged: dict[str, Value] = {}
        for part in reversed(self.parts):
            merged.update(part.bases())
        return merged

    def inverse(self) -> Change:
        """Give the change that takes this one back: the parts reversed, each inverted.

        What makes a record has no inverse: the service deletes for good, which is nothing to be done by an undo.
        """
        return Change(
            tuple(part.inverse() for part in reversed(self.parts) if not isinstance(part, Make))
        )

    @property
    def made(self) -> dict[str, Value] | None:
        """Give what a record is made with; none when this changes one that is there."""
        for part in self.parts:
            if isinstance(part, Make):
                return dict(part.values)
        return None

    @property
    def makes(self) -> Makes | None:
        """Say what kind of record this makes; none when it changes one that is there."""
        return next((part.what for part in self.parts if isinstance(part, Make)), None)

    def texts(self) -> tuple[Append | Cut, ...]:
        """Give the parts whose new value depends on the text that they meet."""
        return tuple(part for part in self.parts if isinstance(part, (Append, Cut)))

    @property
    def moves_stage(self) -> bool:
        """Say whether the record changes its stage."""
        return any(
            isinstance(part, Place) and part.stage_id != part.from_stage_id for part in self.parts
        )


class Planned(Struct, frozen=True):
    """A change of one record, before it is submitted."""

    record_id: int
    change: Change
    subject: str
    """Whose record it is; foreign text."""
    said: str
    """What is done, in words that follow the subject; foreign text where it names a stage."""
    before: str = ""
    """What stood where `said` begins with an arrow, such as the stage; foreign text."""
    effects: tuple[str, ...] = ()
    """What it does to the outside world besides, each in words of `effects.py`."""

    @property
    def whole(self) -> str:
        """Say old and new; foreign text."""
        return f"{self.before} {self.said}" if self.before else self.said
