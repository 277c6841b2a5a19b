"""The command line of the program: any command of the catalogue, typed by its name.

    NAME                        as its key does
    NAME ARGUMENT               with what it would ask for: lost price · follow-up 12 nov · board Sales pipeline
    NAME #ID … [ARGUMENT]       a verb, on these opportunities instead of the marked ones or the one under the cursor
    NAME #ID …: TEXT            the same where a text follows, which may begin with a # itself
    #ID                         to an opportunity, on its board

Nothing needs quotes: what follows the name and the ids is one argument.  A name may be cut short where that leaves no
doubt.  It is read against what the user stood on when the line was opened, and nothing is carried out here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from crm_tui.commands.answering import NotNamed, named
from crm_tui.commands.keys import written
from crm_tui.commands.parse import GRAMMAR, NAMED, TYPED, Argument, LineError, last_of
from crm_tui.commands.spec import Ask, Choice, Command, Context, Prompt, Say
from crm_tui.domain.completion import Candidate, Completion
from crm_tui.domain.nearest import nearest
from crm_tui.structs import replace

ITSELF: Final = "command-line"
"""The command that opens the line; it is no use inside of it."""

TAKES_TEXT: Final = frozenset({"filter", "search"})
"""Commands that open a line of their own, which begins with the argument."""

_TO_RECORD: Final = "on-board"

_DIGITS: Final = 18
"""Digits of the longest id that is taken; the service's are far shorter."""

_LARGEST_COUNT: Final = 9999

Given = tuple[Command, Context]
"""A command, and what it is given for."""


def read(line: str, context: Context, commands: Mapping[str, Command]) -> Given:
    """Read a line that is not blank; raises `LineError`."""
    place = len(line) - len(line.lstrip())
    if line[place : place + 1] == "#":
        command, rest = commands[_TO_RECORD], place
    else:
        end = _word_end(line, place)
        command = _command(line[place:end], place, context, commands)
        rest = end
    ids, rest = _ids(line, rest, command, context)
    context = _about(ids, context)
    argument = line[rest:].strip()
    return command, _with(argument, rest, command, context)


def complete(
    line: str, cursor: int, context: Context, commands: Mapping[str, Command]
) -> Completion:
    """Give what could stand where the cursor is: names of commands, then what the command asks for."""
    cursor = min(cursor, len(line))
    place = len(line) - len(line.lstrip())
    end = _word_end(line, place)
    if cursor <= end:
        typed = line[place:cursor].casefold()
        found = _names(typed, context, commands) if typed else ()
        return Completion(place, end, tuple(found))
    command = _known(line[place:end], context, commands)
    if command is None:
        return Completion(cursor, cursor, ())
    try:
        ids, rest = _ids(line, end, command, context)
    except LineError:
        return Completion(cursor, cursor, ())
    step = command.handler(_about(ids, context))
    choices = step.choices if isinstance(step, Ask) else ()
    typed = line[rest:cursor].casefold()
    return Completion(rest, len(line), tuple(_labels(typed, choices)))


def _names(typed: str, context: Context, commands: Mapping[str, Command]) -> Iterable[Candidate]:
    """Give names that begin so, then those that hold it, each with what it does and its key."""
    here = [each for each in commands.values() if _is_for(each, context)]
    begun = [each for each in here if each.name.startswith(typed)]
    holding = [each for each in here if typed in each.name and each not in begun]
    return (
        Candidate(each.name, f"{each.title}  {written(each.keys[0])}") for each in begun + holding
    )


def _labels(typed: str, choices: Iterable[Choice]) -> Iterable[Candidate]:
    """Give the choices that begin so, then those that hold it; those that cannot be taken are left out."""
    can_be = [each for each in choices if not each.why_not]
    begun = [each for each in can_be if each.label.casefold().startswith(typed)]
    holding = [each for each in can_be if typed in each.label.casefold() and each not in begun]
    return (Candidate(each.label, each.note) for each in begun + holding)


def _is_for(command: Command, context: Context) -> bool:
    return context.where in command.where and command.name != ITSELF


def _known(name: str, context: Context, commands: Mapping[str, Command]) -> Command | None:
    """Give the command of this name, or the only one here whose name begins so."""
    name = name.casefold()
    if name in commands and name != ITSELF:
        return commands[name]
    begun = [
        each for each in commands.values() if each.name.startswith(name) and _is_for(each, context)
    ]
    return begun[0] if len(begun) == 1 else None


def _command(name: str, place: int, context: Context, commands: Mapping[str, Command]) -> Command:
    command = _known(name, context, commands)
    if command is None:
        here = [each.name for each in commands.values() if _is_for(each, context)]
        begun = [each for each in here if each.startswith(name.casefold())]
        if begun:
            raise LineError(place, f"“{name}” may be {' or '.join(begun)}")
        near = nearest(name, here)
        guess = f"did you mean {near}?" if near else "? lists them all"
        raise LineError(place, f"there is no command “{name}”; {guess}")
    if not _is_for(command, context):
        raise LineError(place, f"{command.name} cannot be given here")
    return command


def _ids(line: str, place: int, command: Command, context: Context) -> tuple[tuple[int, ...], int]:
    """Read the ids that follow the name; give them, each once, with the place of what follows."""
    if _takes_argument(command) and _is_text(command):
        before, colon, _ = line[place:].partition(":")
        if not colon or not all(word.startswith("#") for word in before.split()):
            _refuse_bare_id(line, place, context)
            return (), place
        line = line[: place + len(before)]
        ids, _ = _read_ids(line, place, command, context)
        return ids, len(line) + 1
    return _read_ids(line, place, command, context)


def _refuse_bare_id(line: str, place: int, context: Context) -> None:
    """Raise `LineError` where a text begins with a number that is an opportunity: it was hardly meant as text."""
    place += len(line[place:]) - len(line[place:].lstrip())
    word = line[place : _word_end(line, place)].rstrip(":")
    is_number = word.isascii() and word.isdigit() and len(word) <= _DIGITS
    if is_number and context.snapshot.row(int(word)) is not None:
        raise LineError(place, f"“{word}” is an opportunity; “#{word}: …” is about it")


def _read_ids(
    line: str, place: int, command: Command, context: Context
) -> tuple[tuple[int, ...], int]:
    ids: dict[int, None] = {}
    while True:
        while place < len(line) and line[place].isspace():
            place += 1
        end = _word_end(line, place)
        word = line[place:end]
        digits = word.removeprefix("#")
        if not word.startswith("#") or not _takes_records(command):
            return tuple(ids), place
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS):
            if _takes_argument(command):  # a choice may be named by its id, or begin with a sign
                return tuple(ids), place
            raise LineError(place, f"“{word}” is not the id of an opportunity")
        is_last = not line[end:].strip()
        if ids and is_last and _takes_argument(command) and not _is_text(command):
            return tuple(ids), place  # the last one is that of what is asked for
        if context.snapshot.row(int(digits)) is None:
            if is_last and _takes_argument(command) and not _is_text(command):
                return tuple(ids), place
            raise LineError(place, f"there is no opportunity {word} on a board in use")
        ids[int(digits)] = None
        place = end


def _about(ids: tuple[int, ...], context: Context) -> Context:
    """Put opportunities that were named in the place of the marked ones and the one under the cursor."""
    if not ids:
        return context
    return replace(context, record_id=ids[0], marked=ids if len(ids) > 1 else (), entry=None)


def _takes_records(command: Command) -> bool:
    grammar = GRAMMAR.get(command.name, ())
    is_on_records = Argument.RECORDS in grammar or Argument.RECORD in grammar
    return is_on_records or command.name == _TO_RECORD


def _is_text(command: Command) -> bool:
    return last_of(command.name) is Argument.TEXT


def _takes_argument(command: Command) -> bool:
    return command.name in GRAMMAR and last_of(command.name) is not None


def _with(argument: str, place: int, command: Command, context: Context) -> Context:
    """Give a command what it would ask for; raises `LineError` where it cannot be that."""
    if not argument:
        return context
    if command.counts and argument.isascii() and argument.isdigit() and len(argument) < _DIGITS:
        return replace(context, count=max(1, min(int(argument), _LARGEST_COUNT)))
    if command.name in TAKES_TEXT:
        return replace(context, answer=argument)
    kind = last_of(command.name) if command.name in GRAMMAR else None
    if kind in TYPED:
        return replace(context, answer=argument)
    match command.handler(context):
        case Ask() as step:
            try:
                choice = named(step, argument, NAMED[kind] if kind else command.name)
            except NotNamed as error:
                raise LineError(place, error.words) from None
            return replace(context, answer=choice.answer)
        case Prompt():
            return replace(context, answer=argument)
        case Say(text):
            raise LineError(place, text)
    raise LineError(place, f"{command.name} takes no more")


def _word_end(line: str, place: int) -> int:
    while place < len(line) and not line[place].isspace():
        place += 1
    return place
