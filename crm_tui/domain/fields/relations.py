"""Fields that hold the id of something else: board, stage, location, owner, team, type, referrer, agent.

Each is read by a name, by a part of one, or as `#id`; `~` looks for a text in the name itself, whatever it belongs
to.  A name that several boards or locations give to their own stage, type or team means all of these; one that
several people have is refused, with the choices.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from crm_tui.domain.fields.field import HOLDING, NONE, BadValue, Field, alike, text_of
from crm_tui.domain.fields.names import Names, found
from crm_tui.domain.nearest import nearest
from crm_tui.domain.query import AnyOf, Comparison, Condition, Test
from crm_tui.structs import Struct

ME: Final = "me"

_ID: Final = r"#([0-9]{1,19})"

_NAMED_AT_ONCE: Final = 5
"""Names that a message lists."""

_CHOICES: Final = 50
"""Choices that an error brings."""


class Relation(Struct, frozen=True):
    """A field that holds an id."""

    name: str
    many: str
    """The name for several, in messages."""
    about: str
    """The field of the id."""
    called: str
    """The field of the name; empty where the service gives none."""
    known: Callable[[Names], Mapping[int, str]]
    is_shared: bool
    """Several may have one name, and are meant together."""
    may_lack: bool = True
    """It can be none."""
    is_me: bool = False
    """It can be the user."""


def relation(kind: Relation) -> Field:
    """Make the field of a relation."""

    def read(operator: str, text: str, names: Names) -> Test:
        return _read(kind, operator, text, names)

    def write(test: Test, names: Names) -> tuple[str, str] | None:
        return _write(kind, test, names)

    example = f"{kind.name}:me" if kind.is_me else f"{kind.name}:#12"
    operators = HOLDING if kind.called else HOLDING[:1]
    return Field(kind.name, example, operators, read, write, lambda names: _values(kind, names))


def _read(kind: Relation, operator: str, text: str, names: Names) -> Test:
    if operator == "~":
        return Condition(kind.called, Comparison.HOLDS, text)
    typed = text.casefold()
    if typed == NONE and kind.may_lack:
        return Condition(kind.about, Comparison.IS_EMPTY)
    if typed == ME and kind.is_me:
        if names.me is None:
            message = 'nobody is signed in, so nobody is "me"'
            raise BadValue(message)
        return Condition(kind.about, Comparison.IS, names.me)
    if by_id := re.fullmatch(_ID, typed):
        return Condition(kind.about, Comparison.IS, int(by_id[1]))
    known = kind.known(names)
    if not known and kind.called and kind.is_shared:
        # No list of them is held; their names stand in the records.
        return Condition(kind.called, Comparison.HOLDS, text)
    return _meant(
        kind, [Condition(kind.about, Comparison.IS, key) for key in _ids(kind, text, names)]
    )


def _meant(kind: Relation, tests: list[Condition]) -> Test:
    return tests[0] if len(tests) == 1 else AnyOf(tuple(tests))


def _ids(kind: Relation, text: str, names: Names) -> list[int]:
    """Give the ids that a name means."""
    known = kind.known(names)
    hits = found(text, known.items())
    if not hits:
        message = f"there is no {kind.name} {text_of(text)}"
        raise BadValue(message, _guess(text, known.values()))
    called = {name.casefold() for name in hits.values()}
    if len(hits) == 1 or (kind.is_shared and len(called) == 1):
        return sorted(hits)
    if kind.is_shared:
        several = {name.casefold(): (name, key) for key, name in reversed(hits.items())}
        hits = {key: name for name, key in reversed(several.values())}
    listed = [
        name if kind.is_shared else f"{name} (#{key})"
        for key, name in list(hits.items())[:_NAMED_AT_ONCE]
    ]
    more = len(hits) - len(listed)
    rest = f" and {more} more" if more else ""
    message = f"{text_of(text)} fits several {kind.many}: {', '.join(listed)}{rest}"
    choices = tuple(_value_of(kind, key, names) for key in list(hits)[:_CHOICES])
    raise BadValue(message, choices=choices)


def _guess(text: str, known: Iterable[str]) -> str:
    """Give the name that somebody meant who mistyped it, or a word of it."""
    named = list(known)
    if guess := nearest(text, named):
        return guess
    by_word = {part: name for name in named for part in name.split()}
    return by_word.get(nearest(text, by_word), "")


def _value_of(kind: Relation, key: int, names: Names) -> str:
    """Write one of a kind by a name that means it, alone or with its namesakes where they share it, else by id."""
    name = kind.known(names).get(key, "")
    hits = found(name, kind.known(names).items()) if name else {}
    is_meant = key in hits and (len(hits) == 1 or kind.is_shared)
    return name if is_meant and not _is_reserved(kind, name) else f"#{key}"


def _is_reserved(kind: Relation, name: str) -> bool:
    word = name.casefold()
    return (
        (kind.may_lack and word == NONE)
        or (kind.is_me and word == ME)
        or bool(re.fullmatch(_ID, word))
    )


def _write(kind: Relation, test: Test, names: Names) -> tuple[str, str] | None:
    if kind.called and isinstance(test, Condition) and test.field == kind.called:
        if test.how == Comparison.HOLDS and isinstance(test.value, str) and test.value:
            return "~", test.value
        return None
    if kind.may_lack and test == Condition(kind.about, Comparison.IS_EMPTY):
        return ":", NONE
    first = test.tests[0] if isinstance(test, AnyOf) and test.tests else test
    value = compared_with(kind.about, first)
    if value is None or value < 0:
        return None
    if kind.is_me and test == first and value == names.me:
        return ":", ME
    # Two may share a name, one may be called "me", and some are gone.
    for written in (_value_of(kind, value, names), f"#{value}"):
        try:
            if _read(kind, ":", written, names) == test:
                return ":", written
        except BadValue:
            continue
    return None


def compared_with(about: str, test: Test) -> int | None:
    """Give the whole number that a field has to be; none when the test is another one."""
    if not isinstance(test, Condition) or test.field != about or test.how != Comparison.IS:
        return None
    whole = isinstance(test.value, int) and not isinstance(test.value, bool)
    return int(test.value) if whole and isinstance(test.value, int) else None


def _values(kind: Relation, names: Names) -> dict[str, str]:
    """Give what means each of a kind: its name, or its id where the name does not mean it alone."""
    known = kind.known(names)
    times = Counter(name.casefold() for name in known.values())
    words = [ME] if kind.is_me and names.me is not None else []
    values = alike([*words, *([NONE] if kind.may_lack else [])])
    for key, name in known.items():
        is_alone = kind.is_shared or times[name.casefold()] == 1
        is_plain = name and is_alone and not _is_reserved(kind, name)
        values.setdefault(name if is_plain else f"#{key}", name)
    return values


RELATIONS: Final = (
    Relation("owner", "owners", "owner_id", "owner", lambda n: n.owners, False, is_me=True),
    Relation(
        "board", "boards", "board_id", "board",
        lambda n: {key: board.name for key, board in n.boards.items()}, True, may_lack=False,
    ),
    Relation(
        "stage", "stages", "stage_id", "stage",
        lambda n: {key: stage.name for key, stage in n.stages.items()}, True, may_lack=False,
    ),
    Relation(
        "location", "locations", "location_id", "location", lambda n: n.locations, True, may_lack=False,
    ),
    Relation("type", "types", "type_id", "type", lambda n: n.types, True),
    Relation("team", "teams", "team_id", "team", lambda n: n.teams, True),
    Relation("referrer", "customers", "referrer_id", "", lambda n: n.customers(), False),
    Relation("agent", "customers", "agent_id", "", lambda n: n.customers(), False),
)  # fmt: skip
"""Every relation but the customer, of whom there are too many to be chosen by name: `texts.py` has it."""
