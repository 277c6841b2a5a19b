"""Setting right what a record says: its owner, its value, where it came from, a note more.

What has no key of its own here is not asked for.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from crm_tui.commands.habits import most_used_first
from crm_tui.commands.handlers.changing import (
    NO_CARD,
    Wanted,
    changed,
    enumerated,
    here_of,
    is_anything,
    rows_of,
    subjects_of,
)
from crm_tui.commands.reading import NO_AMOUNT, amount_reader
from crm_tui.commands.spec import Ask, Choice, Context, Prompt, Say, Step
from crm_tui.domain.change import Append, Set
from crm_tui.domain.enums import LeadSource
from crm_tui.domain.money import AmountError, format_amount, read_amount
from crm_tui.domain.offers import CannedNote
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.when import local_day

SOURCES: Final = (
    LeadSource.WEB, LeadSource.REFERRAL, LeadSource.PHONE, LeadSource.BROKER, LeadSource.GOOGLE_SEARCH,
    LeadSource.WORD_OF_MOUTH, LeadSource.INSTAGRAM, LeadSource.FACEBOOK, LeadSource.LINKEDIN,
)  # fmt: skip
"""The lead sources that have the easiest letters, in this order; the others follow in the service's."""

_NOBODY: Final = 0
"""The answer for no owner; ids of the service's begin above."""

_NOTHING: Final = 0
"""The answer for no lead source and no type; numbers of the service's begin above."""

_OWNER: Final = "owner"
_TYPE: Final = "type"
_NOTE: Final = "canned note"
"""By what it is kept how often each was chosen."""

_BEGINNING: Final = 40
"""Characters of a canned note that are shown beside its name."""

_WHO: Final = "It is not known yet who you are; refresh asks the server again."


def owner(context: Context) -> Step:
    """Give it to somebody who is asked for."""
    if not is_anything(context):
        return Say(NO_CARD)
    if context.answer is None:
        return Ask(f"Owner of {subjects_of(context)}", _owners(context), habit=_OWNER)
    return _given_to(context, int(context.answer) or None)


def to_me(context: Context) -> Step:
    """Take it over."""
    me = here_of(context).me
    return Say(_WHO) if me is None else _given_to(context, me)


def _owners(context: Context) -> tuple[Choice, ...]:
    """Offer everybody who was seen, by id: who comes later takes nobody's letter."""
    known, me = context.snapshot.known_owners(), here_of(context).me
    loads = context.snapshot.loads()
    choices = [Choice(each, name, _load(loads.get(each))) for each, name in known.items()]
    if me is not None:
        named = ", ".join(filter(None, (known.get(me, ""), _load(loads.get(me)))))
        choices.insert(0, Choice(me, "me", named, key="i"))
    choices.append(Choice(_NOBODY, "nobody", _load(loads.get(None)), key="-"))
    return most_used_first(context, _OWNER, choices, first=int(me is not None), last=1)


def _load(count: int | None) -> str:
    return f"{count:,} open" if count else ""


def _given_to(context: Context, owner_id: int | None) -> Step:
    name = context.snapshot.owner_called(owner_id) or "nobody"

    def wanted(row: OpportunityRow) -> Wanted | str:
        if row.owner_id == owner_id:
            return f"{name} owns it already." if owner_id is not None else "Nobody owns it."
        before = context.snapshot.owner_called(row.owner_id) or "nobody"
        return Wanted((Set("owner_id", row.owner_id, owner_id),), f"owner {before} → {name}")

    return changed(context, f"Owner {name}", wanted)


def value(context: Context) -> Step:
    """Give it another value, which is typed."""
    if not is_anything(context):
        return Say(NO_CARD)
    if context.answer is None:
        row = context.snapshot.row(context.record_id)
        now = "" if context.marked or row is None else f", now {_worth(row)}"
        return _amount_of_it(context, f"Value of {subjects_of(context)}{now}")
    amount: Decimal | None = None
    if context.answer != NO_AMOUNT:
        try:
            amount = read_amount(str(context.answer))
        except AmountError as error:
            return _amount_of_it(context, error.message, str(context.answer))

    def wanted(row: OpportunityRow) -> Wanted | str:
        if row.value == amount:
            return "It has this value already."
        said = f"value {_worth(row)} → {valued(amount, row.currency)}"
        return Wanted((Set("value", row.value, amount),), said)

    return changed(context, f"Value {'none' if amount is None else amount}", wanted)


def _amount_of_it(context: Context, title: str, text: str = "") -> Prompt:
    reader = amount_reader((row.currency for row in rows_of(context)), "no value")
    return Prompt(title, f"2500; {NO_AMOUNT} for none", text, reader=reader)


def _worth(row: OpportunityRow) -> str:
    return valued(row.value, row.currency)


def valued(amount: Decimal | None, currency: str) -> str:
    """Write a value; the currency is foreign text."""
    return "none" if amount is None else format_amount(amount, currency)


def source(context: Context) -> Step:
    """Say where it came from, by a lead source that is asked for."""
    if not is_anything(context):
        return Say(NO_CARD)
    labels = context.snapshot.labels
    if context.answer is None:
        choices = enumerated(context, LeadSource, SOURCES, Choice(_NOTHING, "none", key="-"))
        title = f"Lead source of {subjects_of(context)}"
        return Ask(title, choices, habit=LeadSource.__name__)
    number = int(context.answer) or None
    name = labels.of(LeadSource, number) or "none"

    def wanted(row: OpportunityRow) -> Wanted | str:
        if row.lead_source == number:
            return f"Its lead source is {name} already."
        said = f"lead source {labels.of(LeadSource, row.lead_source) or 'none'} → {name}"
        return Wanted((Set("lead_source", row.lead_source, number),), said)

    return changed(context, f"Lead source {name}", wanted)


def opportunity_type(context: Context) -> Step:
    """Give it a type of its location, which is asked for."""
    if not is_anything(context):
        return Say(NO_CARD)
    offers = context.snapshot.offers
    if context.answer is None:
        if offers.no_types:
            return Say(f"Types cannot be chosen: {offers.no_types}.")
        return Ask(f"Type of {subjects_of(context)}", _types(context), habit=_TYPE)
    type_id = int(context.answer) or None
    chosen = next((each for each in offers.types if each.id == type_id), None)
    name = offers.type_called(type_id) or "none"

    def wanted(row: OpportunityRow) -> Wanted | str:
        if row.type_id == type_id:
            return f"Its type is {name} already." if type_id is not None else "It has no type."
        if chosen is not None and chosen.location_id != _location_of(context, row):
            return f"{name} is a type of another location."
        said = f"type {offers.type_called(row.type_id) or 'none'} → {name}"
        return Wanted((Set("type_id", row.type_id, type_id),), said)

    return changed(context, f"Type {name}", wanted)


def _types(context: Context) -> tuple[Choice, ...]:
    """Offer the types of the locations in question; where these are several, each with its location."""
    snapshot = context.snapshot
    locations = {_location_of(context, row) for row in rows_of(context)}
    named = {board.location_id: board.location for board in snapshot.boards.values()}
    choices = [
        Choice(each.id, each.name, named.get(each.location_id, "") if len(locations) > 1 else "")
        for each in snapshot.offers.types
        if each.location_id in locations
    ]
    none = Choice(_NOTHING, "none", key="-")
    return most_used_first(context, _TYPE, (*choices, none), last=1)


def _location_of(context: Context, row: OpportunityRow) -> int | None:
    board = context.snapshot.boards.get(row.board_id)
    return None if board is None else board.location_id


def note(context: Context) -> Step:
    """Add a line to the notes, with the day and who writes it; what is there stays as it is."""
    if not is_anything(context):
        return Say(NO_CARD)
    if context.answer is None:
        return Prompt(f"Note on {subjects_of(context)}", "called, will come on Tuesday")
    text = str(context.answer)
    return _noted(context, "Note", text, f"note: {text}")


def canned_note(context: Context) -> Step:
    """Add to the notes a text that is kept ready and asked for, signed as `note` does."""
    if not is_anything(context):
        return Say(NO_CARD)
    offers = context.snapshot.offers
    if offers.no_notes:
        return Say(f"Canned notes cannot be chosen: {offers.no_notes}.")
    if not offers.notes:
        return Say("There are no canned notes: in Nexudus they are called message macros.")
    if context.answer is None:
        ready = most_used_first(context, _NOTE, tuple(map(_kept_ready, offers.notes)))
        return Ask(f"Canned note on {subjects_of(context)}", ready, habit=_NOTE)
    chosen = next((each for each in offers.notes if each.id == context.answer), None)
    if chosen is None or not chosen.text.strip():
        return Say("This canned note is no longer there.")
    return _noted(context, "Canned note", chosen.text.strip(), f"canned note: {chosen.name}")


def _kept_ready(note: CannedNote) -> Choice:
    begins = " ".join(note.text.split())
    why_not = "" if begins else "It has no text."
    return Choice(note.id, note.name, begins[:_BEGINNING], why_not)


def _noted(context: Context, what: str, text: str, said: str) -> Step:
    """Append a text to the notes, with the day at the location and who writes it."""
    here = here_of(context)

    def wanted(row: OpportunityRow) -> Wanted | str:
        day = local_day(here.now, here.zone_of(row.board_id))
        signed = f"{day.isoformat()} {here.author}".strip()
        return Wanted((Append("notes", f"{signed}: {text}"),), said)

    return changed(context, what, wanted)
