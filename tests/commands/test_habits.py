"""What is used most comes first, and no letter ever changes by use."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from crm_tui.commands.habits import keyed, most_used_first
from crm_tui.commands.handlers.deciding import lost
from crm_tui.commands.handlers.editing import canned_note, opportunity_type, owner, source
from crm_tui.commands.here import Here
from crm_tui.commands.spec import Ask, Choice, Context, Handler, Where
from crm_tui.domain.enums import LeadSource, LossReason, Status
from crm_tui.domain.habits import NEVER, Taken
from crm_tui.domain.offers import CannedNote, Offers, OpportunityType
from crm_tui.domain.rows import OpportunityRow
from crm_tui.structs import replace
from tests.domain.rows import a_book, a_row
from tests.world import clock

ANA, BO, CY = 3, 4, 5
WON = int(Status.WON)


def rows() -> list[OpportunityRow]:
    """Give rows of three owners and of nobody."""
    owners = [(ANA, "Ana Ruiz"), (BO, "Bo Lind"), (CY, "Cy Okoro"), (BO, "Bo Lind"), (None, "")]
    named = enumerate(owners, start=1)
    return [replace(a_row(number), owner_id=each, owner=name) for number, (each, name) in named]


def asked(handler: Handler, taken: Taken = NEVER, *, me: int | None = None) -> Ask:
    """Ask about the first row, of somebody with these habits."""
    book = a_book(*rows())
    types = tuple(
        OpportunityType(id=10 + n, name=name, location_id=7) for n, name in enumerate("pqr")
    )
    notes = tuple(CannedNote(id=20 + n, name=name, text="Hello") for n, name in enumerate("xyz"))
    book.offers = Offers(types, "", notes, "")
    here = Here(clock(), lambda _board_id: UTC, me=me)
    step = handler(Context(book, Where.BOARD, 1, 1, taken=taken, here=here))
    assert isinstance(step, Ask)
    return step


def labels(step: Ask) -> list[str]:
    return [each.label for each in step.choices]


def test_what_was_lost_for_most_comes_first_and_the_others_keep_their_order() -> None:
    before = asked(lost)
    taken = {before.habit: {int(LossReason.LOCATION): 2, int(LossReason.FEATURE): 5}}
    after = asked(lost, taken)
    usual = labels(before)
    first = ["Feature", "Location"]
    assert labels(after) == first + [each for each in usual if each not in first]
    assert {each.label: each.key for each in after.choices} == {
        each.label: each.key for each in before.choices
    }


def test_what_clears_a_value_stays_last_however_often_it_was_chosen() -> None:
    step = asked(source, {LeadSource.__name__: {0: 9, int(LeadSource.REFERRAL): 1}})
    assert labels(step)[0] == "Referral"
    assert step.choices[-1].key == "-"
    assert labels(asked(opportunity_type, {"type": {0: 9, 12: 1}})) == ["r", "p", "q", "none"]


def test_canned_notes_come_by_use_too() -> None:
    assert labels(asked(canned_note, {"canned note": {22: 1}})) == ["z", "x", "y"]


def test_owners_come_by_use_between_me_and_nobody_each_with_what_they_have_open() -> None:
    taken = {"owner": {CY: 3, BO: 1, ANA: 1, 0: 9}}
    step = asked(owner, taken, me=BO)
    told = [(each.label, each.note, each.key) for each in step.choices]
    assert told == [
        ("me", "Bo Lind, 2 open", "i"),
        ("Cy Okoro", "1 open", "c"),
        ("Ana Ruiz", "1 open", "a"),
        ("Bo Lind", "2 open", "b"),
        ("nobody", "1 open", "-"),
    ]


def test_the_load_of_an_owner_follows_what_is_decided_and_handed_over() -> None:
    book = a_book(*rows())
    assert book.loads() == {ANA: 1, BO: 2, CY: 1, None: 1}
    first, second, *_ = rows()
    book.put([replace(first, owner_id=CY, owner="Cy Okoro"), replace(second, status=WON)])
    book.drop(4)
    assert {each: count for each, count in book.loads().items() if count} == {CY: 2, None: 1}


choices = st.lists(
    st.builds(
        Choice,
        answer=st.integers(1, 40),
        label=st.text(max_size=8),
        key=st.sampled_from(["", "", "", "i", "-"]),
    ),
    max_size=45,
    unique_by=(lambda each: each.answer, lambda each: each.key or each.answer),
)


@given(choices, st.dictionaries(st.integers(1, 40), st.integers(0, 9)), st.data())
def test_use_changes_the_order_and_never_a_letter(
    offered: list[Choice], taken: dict[int, int], data: st.DataObject
) -> None:
    last = data.draw(st.integers(0, len(offered)))
    context = Context(a_book(), Where.BOARD, 1, None, taken={"it": taken})
    ordered = most_used_first(context, "it", offered, last=last)
    assert sorted(ordered, key=lambda each: int(each.answer)) == sorted(
        keyed(offered), key=lambda each: int(each.answer)
    )
    assert keyed(ordered) == ordered  # the panel gives out no others
    end = len(offered) - last
    assert ordered[end:] == keyed(offered)[end:]
    counts = [taken.get(int(each.answer), 0) for each in ordered[:end]]
    assert counts == sorted(counts, reverse=True)
