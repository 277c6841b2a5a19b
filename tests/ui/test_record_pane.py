"""The record pane in a small application of its own: what it says, in every size, and what it repaints."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.filter import LineFilter
from textual.pilot import Pilot
from textual.strip import Strip
from textual.theme import Theme

from crm_tui.domain.beside import Beside, Note, Notes, Task, Tasks
from crm_tui.domain.detail import Absent, Contact, Detail, Facts, History, Move
from crm_tui.domain.rows import Stage
from crm_tui.domain.snapshot import RowState
from crm_tui.paths import styles_dir
from crm_tui.structs import replace
from crm_tui.text import UNSAFE
from crm_tui.ui.cells import width_of
from crm_tui.ui.guard import Guard
from crm_tui.ui.theme import DARK
from crm_tui.ui.widgets.record_lines import lines_of
from crm_tui.ui.widgets.record_pane import RecordPane
from crm_tui.ui.widgets.record_view import Edited, PaneView
from tests.domain.rows import a_row, a_stage
from tests.payloads import ALL

MOST_RUNS = 8
"""Runs of one style that a line may have."""


def day(number: int, month: int = 2) -> datetime:
    return datetime(2026, month, number, 9, 30, tzinfo=UTC)


ROW = replace(
    a_row(7, value="2450"),
    stage="Office tour",
    name="Studio 3",
    due_on=day(17),
    created_on=day(3),
    stage_since=day(9),
)
TOUR = replace(a_stage(10), name="Office tour")
PROPOSAL = replace(a_stage(11, position=1), name="Proposal sent", macro_id=5, task_list_id=6)
FACTS = Facts(
    notes="Needs parking.\nMoves in May.", type="Private office", campaign=("newsletter", "email")
)
HISTORY = History(
    (
        Move("Tour booked", "Office tour", day(4), day(9), "Mina Kovač"),
        Move("Enquiry", "Tour booked", day(3), day(4), "Ana Ruiz"),
        Move("", "Enquiry", None, day(3), ""),
    )
)
CONTACT = Contact("Noor Haddad", "Haddad & Co", "noor@example.com", ("+44 20 7946 0018",))
VIEW = PaneView(
    row=ROW,
    state=RowState.SAVED,
    stage=TOUR,
    next_stage=PROPOSAL,
    next_does="sends 'Offer', makes 3 tasks",
    detail=Detail(7, FACTS, HISTORY, CONTACT),
    loading=False,
    error="",
    follow_up="4 d late",
    follow_up_is_late=True,
    age="11 d",
    zone=UTC,
    due_zone=UTC,
)
BESIDE = Beside(
    Tasks(
        (
            Task("Send the plan", day(12), "Tom Okafor"),
            Task("Call back", day(27), "Ana Ruiz"),
            Task("Ask for a reference", None, "Ana Ruiz"),
        ),
        done=2,
    ),
    Notes(
        (Note("Prefers e-mail.\nHas a dog.", "tom@example.com", day(10)), Note("Old.", "", None)), 3
    ),
)
FULL = replace(
    VIEW,
    beside=BESIDE,
    edits=(Edited("value", "£780", "£2,450", "tom@example.com"),),
    today=day(20).date(),
)
LONG = replace(
    VIEW,
    detail=Detail(7, replace(FACTS, notes="\n".join(f"note {n}" for n in range(80))), HISTORY),
)


def written(view: PaneView) -> str:
    """Write a record for a pane beside the board, without the space at the ends of its lines."""
    lines = lines_of(view, 44, 34)
    return "\n".join("".join(text for _, text in line).strip() for line in lines)


class Seen(RecordPane):
    """The pane, and which of its lines were drawn."""

    def __init__(self) -> None:
        super().__init__(id="pane")
        self.drawn: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.drawn.append(y)
        return super().render_line(y)


class Host(App[None]):
    """Nothing but the pane, under the styles and the guard of the program."""

    CSS_PATH: ClassVar = sorted(styles_dir().glob("*.tcss"))

    def __init__(self) -> None:
        super().__init__()
        self.pane = Seen()
        self.register_theme(DARK)
        self.theme = DARK.name

    def get_line_filters(self) -> Sequence[LineFilter]:
        return (*super().get_line_filters(), Guard())

    def compose(self) -> ComposeResult:
        yield self.pane


class At:
    """Somebody who looks at the pane."""

    def __init__(self, app: Host, pilot: Pilot[None]) -> None:
        self.app, self.pilot, self.pane = app, pilot, app.pane

    async def lines(self, view: PaneView | None) -> list[str]:
        """Show a record and read the screen."""
        self.pane.show(view)
        return await self.read()

    async def read(self) -> list[str]:
        """Read the screen; the framework has no public way to read it as text."""
        await self.pilot.pause()
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    async def text(self, view: PaneView | None) -> str:
        """Show a record and read the screen as one text, without the space at the ends of its lines."""
        return "\n".join(line.strip() for line in await self.lines(view))


@asynccontextmanager
async def looking(width: int, height: int) -> AsyncIterator[At]:
    app = Host()
    async with app.run_test(size=(width, height)) as pilot:
        await pilot.pause()
        yield At(app, pilot)


# What it says


async def test_all_that_is_known_of_a_record_is_said() -> None:
    async with looking(44, 30) as at:
        lines = [line.strip() for line in await at.lines(VIEW)]
    assert lines[:26] == [
        "Noor Haddad",
        "Haddad & Co · Studio 3",
        "",
        "Stage     Office tour · 11 d",
        "Next      Proposal sent",
        "sends 'Offer', makes 3 tasks",
        "",
        "Value     £2,450",
        "Owner     Ana Ruiz",
        "Follow-up 4 d late · Tue 17 Feb 2026",
        "Type      Private office",
        "",
        "E-mail    noor@example.com",
        "Phone     +44 20 7946 0018",
        "",
        "Source    Broker · newsletter · email",
        "Created   3 Feb 2026",
        "",
        "Notes " + "─" * 36,
        "Needs parking.",
        "Moves in May.",
        "",
        "History " + "─" * 34,
        "Office tour     11 d   9 Feb 2026  Mina",
        "Tour booked      5 d   4 Feb 2026  Ana",
        "Enquiry          1 d   3 Feb 2026  auto",
    ]


async def test_what_lies_beside_a_record_stands_below_it() -> None:
    async with looking(44, 60) as at:
        lines = [line.strip() for line in await at.lines(FULL)]
        assert lines[:26] == [line.strip() for line in await at.lines(VIEW)][:26]
        assert lines[26:45] == [
            "",
            "Changed by others " + "─" * 24,
            "value: £780 → £2,450",
            "by tom@example.com",
            "",
            "Tasks of the customer " + "─" * 20,
            "☐ Send the plan      Thu 12 Feb, late  Tom",
            "☐ Call back                Fri 27 Feb  Ana",
            "☐ Ask for a reference                  Ana",
            "",
            "Notes on the customer " + "─" * 20,
            "Prefers e-mail.",
            "Has a dog.",
            "10 Feb 2026  tom@example.com",
            "Old.",
            "and 3 more",
            *[""] * 3,
        ]
        needing = Beside(Absent("CoworkerTask-List"), Notes())
        text = await at.text(replace(FULL, beside=needing, edits=()))
        assert "needs the role CoworkerTask-List" in text
        assert "no notes" in text.split("Notes on the customer")[1]
        assert "Changed by others" not in text


async def test_what_has_to_be_fetched_has_its_place_before_it_comes() -> None:
    async with looking(44, 30) as at:
        before = await at.lines(replace(VIEW, detail=None, loading=True))
        after = await at.lines(VIEW)
    assert [line.split() for line in before if "…" in line] == [
        ["Type", "…"], ["Phone", "…"], ["…"], ["…"],
    ]  # fmt: skip
    place = after.index(next(line for line in after if "Notes" in line))
    differing = [y for y in range(place) if before[y] != after[y]]
    assert [after[y].split()[0] for y in differing] == ["Type", "Phone", "Source"]


async def test_below_a_wide_board_notes_and_history_stand_beside_the_facts() -> None:
    async with looking(100, 12) as at:
        lines = await at.lines(VIEW)
    assert all(line[50] == "│" for line in lines)
    left, right = ([line[:50].strip() for line in lines], [line[51:].strip() for line in lines])
    assert left[3] == "Next      Proposal sent · sends 'Offer', makes …"
    assert left[8:] == [
        "E-mail    noor@example.com",
        "Phone     +44 20 7946 0018",
        "Source    Broker · newsletter · email",
        "Created   3 Feb 2026",
    ]
    assert right[:3] == ["Notes " + "─" * 41, "Needs parking.", "Moves in May."]
    assert right[5] == "Office tour         11 d   9 Feb 2026  Mina"


async def test_where_there_is_room_facts_stand_side_by_side() -> None:
    async with looking(80, 14) as at:
        text = await at.text(VIEW)
    assert "Value     £2,450                       Owner     Ana Ruiz" in text
    assert "History ──" in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": None}, "Value     –"),
        ({"owner": "", "owner_id": None}, "Owner     –"),
        ({"lead_source": 27}, "Source    #27 · newsletter · email"),
        ({"customer": ""}, "#7"),
        ({"customer": "Haddad & Co"}, "Haddad & Co\nStudio 3"),
        ({"email": ""}, "E-mail    noor@example.com"),
        ({"created_on": None}, "Created   –"),
        ({"created_on": datetime.max.replace(tzinfo=UTC)}, "Created   31 Dec 9999"),
        ({"status": 3, "loss_reason": 4}, "Outcome   Lost · Price · 8 Feb 2026"),
        ({"status": 2}, "Outcome   Won · 7 Feb 2026"),
        ({"status": 9}, "Outcome   #9"),
    ],
)
def test_rows_of_every_kind_are_written(changes: dict[str, Any], said: str) -> None:
    facts = replace(FACTS, won_on=day(7), lost_on=day(8))
    detail = Detail(7, facts, HISTORY, CONTACT)
    assert said in written(replace(VIEW, row=replace(ROW, **changes), detail=detail))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"age": ""}, "Stage     Office tour\n"),
        ({"stage": None}, "Stage     Office tour · 11 d"),
        ({"next_stage": None, "next_does": ""}, "Next      –\n\n"),
        ({"next_stage": replace(a_stage(12), name="Erase", deletes_customer=True),
          "next_does": "deletes the customer for good"},
         "Next      Erase\ndeletes the customer for good"),
        ({"follow_up": "Tue 17 Feb"}, "Follow-up Tue 17 Feb\n"),
        ({"follow_up": ""}, "Follow-up Tue 17 Feb 2026\n"),
        ({"row": replace(ROW, due_on=None), "follow_up": ""}, "Follow-up –\n"),
        ({"due_zone": timezone(timedelta(hours=15))}, "Wed 18 Feb 2026"),
        ({"state": RowState.SENDING}, "Noor Haddad                        sending\n"),
        ({"state": RowState.FAILED}, "Noor Haddad                      not saved\n"),
        ({"error": "The server has a fault."}, "✗ The server has a fault.\n\nNotes"),
        ({"detail": Detail(7, FACTS, HISTORY)}, "Phone     –"),
        ({"detail": Detail(7, FACTS, HISTORY, Absent("Coworker-Read"))},
         "Phone     needs the role Coworker-Read"),
        ({"detail": Detail(7, FACTS, HISTORY, Absent())}, "Phone     not there, or not for you"),
        ({"detail": Detail(7, FACTS, HISTORY, replace(CONTACT, phones=()))}, "Phone     –"),
        ({"detail": Detail(7, FACTS, Absent("CrmOpportunityHistory-List"), CONTACT)},
         "─\nneeds the role CrmOpportunityHistory-List"),
        ({"detail": Detail(7, FACTS, History(), CONTACT)}, "─\nno moves"),
        ({"detail": Detail(7, FACTS, replace(HISTORY, earlier=12), CONTACT)}, "and 12 earlier"),
        ({"detail": Detail(7, replace(FACTS, notes=""), HISTORY, CONTACT)}, "─\nno notes"),
        ({"detail": Detail(7, replace(FACTS, team="Blue"), HISTORY, CONTACT)}, "Team      Blue"),
        ({"detail": Detail(7, replace(FACTS, notes="2026-01-01 a\n2026-01-02 b"))},
         "─\n2026-01-02 b\n2026-01-01 a"),
    ],
)  # fmt: skip
def test_states_of_every_kind_are_said(changes: dict[str, Any], said: str) -> None:
    assert said in written(replace(VIEW, **changes))


async def test_no_record_is_said_too() -> None:
    async with looking(44, 12) as at:
        for _ in range(2):
            assert (await at.text(None)).strip() == "No card is under the cursor."
            await at.lines(VIEW)


def test_hours_are_said_where_days_would_be_none() -> None:
    moves = (
        Move("B", "C", day(4), day(4) + timedelta(minutes=5), "Ana Ruiz"),
        Move("A", "B", day(4) - timedelta(hours=7), day(4), "Ana Ruiz"),
    )
    text = written(replace(VIEW, detail=Detail(7, FACTS, History(moves))))
    assert "B               <1 h   4 Feb 2026  Ana" in text
    assert "A                7 h   4 Feb 2026" in text


# Every size


@pytest.mark.parametrize("width", [30, 33, 35, 44, 57, 71, 72, 80, 95, 96, 120])
async def test_every_line_fills_its_cells_exactly_at_every_size(width: int) -> None:
    wide = replace(
        VIEW,
        row=replace(ROW, customer="李伟" * 30, company="दीया पटेल " * 9, owner="한빛" * 20),
        detail=Detail(
            7,
            Facts(notes="客户希望周五前收到报价。" * 9 + "\n" + "दीया पटेल " * 30, type="한" * 70),
            History((Move("李" * 40, "e\u0301" * 60, day(3), day(4), "한빛 " * 20),), earlier=3),
            Contact("x", phones=("1" * 50, "２" * 50)),
        ),
        beside=Beside(
            Tasks((Task("李伟" * 30, day(3), "한빛" * 9),), more=4),
            Notes((Note("दीया पटेल " * 90, "李" * 60, day(3)),)),
        ),
        edits=(Edited("李" * 40, "한" * 90, "e\u0301" * 90, "李" * 60),),
        today=day(20).date(),
        error="x " * 60,
    )
    async with looking(width, 60) as at:
        for height in (60, 30, 18, 17, 12, 6):
            await at.pilot.resize_terminal(width, height)
            for view in (VIEW, FULL, wide, LONG, replace(VIEW, detail=None, loading=True), None):
                lines = await at.lines(view)
                assert len(lines) == height
                assert {width_of(line) for line in lines} == {width}, (height, view)
                strips = [at.pane.render_line(y) for y in range(height)]
                assert max(len(list(strip)) for strip in strips) <= MOST_RUNS


texts = st.text(max_size=60)


@given(texts, texts, texts, st.integers(30, 120), st.integers(6, 60))
def test_no_text_makes_a_line_too_long(
    one: str, two: str, three: str, width: int, height: int
) -> None:
    view = replace(
        VIEW,
        row=replace(ROW, customer=one, company=two, name=three, owner=one, email=two),
        stage=replace(TOUR, name=three),
        detail=Detail(
            7,
            Facts(notes=f"{one}\n{two}", type=two, team=one, campaign=(three,)),
            History((Move(one, two, day(3), day(4), three),)),
            Contact(one, phones=(two, three)),
        ),
        beside=Beside(
            Tasks((Task(one, day(3), two),)), Notes((Note(three, one, day(3)), Note(two, "", None)))
        ),
        today=day(20).date(),
        error=three,
    )
    for line in lines_of(view, width, height):
        assert sum(width_of(text) for _, text in line) == width
        assert not any(UNSAFE.search(text) for _, text in line)


@pytest.mark.parametrize("size", [(44, 40), (100, 12)])
async def test_no_foreign_text_reaches_the_terminal_as_an_order(size: tuple[int, int]) -> None:
    async with looking(*size) as at:
        for payload in ALL:
            stage = Stage(10, 1, payload, 0, payload)
            lines = await at.lines(
                PaneView(
                    row=replace(
                        ROW, customer=payload, company=payload, name=payload, owner=payload,
                        email=payload, currency=payload,
                    ),
                    state=RowState.UNKNOWN,
                    stage=stage,
                    next_stage=stage,
                    next_does=payload,
                    detail=Detail(
                        7,
                        Facts(payload, payload, payload, campaign=(payload,)),
                        History((Move(payload, payload, day(3), day(4), payload),)),
                        Contact(payload, payload, payload, (payload,)),
                    ),
                    beside=Beside(
                        Tasks((Task(payload, day(3), payload),)),
                        Notes((Note(payload, payload, day(3)),)),
                    ),
                    today=day(20).date(),
                    loading=False,
                    error=payload,
                    follow_up=payload,
                    follow_up_is_late=False,
                    age=payload,
                    zone=UTC,
                    due_zone=UTC,
                )
            )  # fmt: skip
            assert not any(UNSAFE.search(line) for line in lines), repr(payload)
            assert {width_of(line) for line in lines} == {size[0]}, repr(payload)
            # Nothing was left for the guard to mend.
            own = [at.pane.render_line(y).text for y in range(size[1])]
            assert not any(UNSAFE.search(line) for line in own), repr(payload)


# What it repaints


async def test_an_equal_view_repaints_nothing_and_a_change_its_line_alone() -> None:
    async with looking(44, 30) as at:
        await at.lines(VIEW)
        at.pane.drawn.clear()
        at.pane.show(replace(VIEW))
        await at.pilot.pause()
        assert at.pane.drawn == []
        at.pane.show(replace(VIEW, row=replace(ROW, owner="Mina Kovač")))
        await at.pilot.pause()
        assert at.pane.drawn == [8]
        contact = replace(CONTACT, phones=("+44 1",))
        at.pane.show(replace(VIEW, detail=Detail(7, FACTS, HISTORY, contact)))
        await at.pilot.pause()
        assert sorted(set(at.pane.drawn[1:])) == [8, 13]


async def test_a_pane_in_a_frame_repaints_the_line_that_changed() -> None:
    async with looking(46, 32) as at:
        at.pane.styles.border = ("solid", "red")
        before = await at.lines(VIEW)
        after = await at.lines(replace(VIEW, row=replace(ROW, owner="Mina Kovač")))
    differing = [y for y in range(32) if before[y] != after[y]]
    assert [after[y].strip("│ ") for y in differing] == ["Owner     Mina Kovač"]


async def test_another_theme_draws_every_line_anew() -> None:
    async with looking(44, 30) as at:
        await at.lines(VIEW)
        before = at.app.screen._compositor.render_strips()
        variables = {**DARK.variables, "crm-text": "#ff0000"}
        at.app.register_theme(Theme("red", DARK.primary, variables=variables))
        at.app.theme = "red"
        await at.pilot.pause()
        after = at.app.screen._compositor.render_strips()
    assert before[8] != after[8]


# Long records


async def test_a_long_record_says_that_there_is_more_and_can_be_scrolled() -> None:
    async with looking(44, 12) as at:
        lines = await at.lines(LONG)
        count = len(lines_of(LONG, 44, 12))
        assert lines[0].strip() == "Noor Haddad"
        assert lines[-1].strip() == f"↓ {count - 11} more"
        at.pane.scroll(20)
        lines = await at.read()
        assert lines[0].strip() == "↑ 21 more"
        assert lines[1].strip().startswith("note ")
        at.pane.scroll(1_000)
        lines = await at.read()
        assert lines[-1].strip().startswith("Enquiry")
        at.pane.drawn.clear()
        at.pane.scroll(1)
        await at.pilot.pause()
        assert at.pane.drawn == []
        at.pane.scroll(-1_000)
        assert (await at.read())[0].strip() == "Noor Haddad"


async def test_another_record_is_shown_from_its_beginning_and_the_same_one_stays() -> None:
    async with looking(44, 12) as at:
        await at.lines(LONG)
        at.pane.scroll(20)
        scrolled = await at.read()
        assert scrolled[0].strip() == "↑ 21 more"
        lines = await at.lines(replace(LONG, row=replace(ROW, owner="Mina Kovač")))
        assert lines == scrolled
        lines = await at.lines(replace(LONG, row=replace(ROW, id=8)))
        assert lines[0].strip() == "Noor Haddad"


async def test_another_size_writes_the_record_anew() -> None:
    async with looking(44, 30) as at:
        await at.lines(VIEW)
        await at.pilot.resize_terminal(100, 12)
        assert "│ Notes" in (await at.read())[0]
        await at.pilot.resize_terminal(44, 30)
        assert (await at.read())[18].startswith(" Notes")
