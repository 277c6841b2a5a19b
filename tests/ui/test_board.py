"""The board by keys only; what was written is asked of the sandbox's database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_tui.api.auth import Basic, Secret
from crm_tui.api.delivery import ATTEMPTS
from crm_tui.commands.catalogue import CATALOGUE
from crm_tui.commands.spec import Where
from crm_tui.domain.pipeline import active_boards
from crm_tui.service.load import Phase
from crm_tui.ui import words
from crm_tui.ui.cells import width_of
from crm_tui.ui.keys import commands_of
from tests.ui.conftest import Sit
from tests.world import NOW, Sandbox, Waits, loaded, until

OPPORTUNITIES = "/api/crm/crmopportunities"


async def test_every_stage_is_drawn_with_name_count_and_sum(sit: Sit) -> None:
    async with sit(size=(240, 40)) as at:
        board = active_boards(at.crm.snapshot)[0]
        stages = at.crm.snapshot.stages_of(board.id)
        head = at.lines()[1]
        for stage in stages:
            assert stage.name in head
            assert f"{len(at.crm.snapshot.cards(stage.id))}" in head
        assert "£" in at.lines()[2]
        assert at.lines()[0].startswith(f" crm-tui  {board.location}  {board.name}")
        assert at.lines()[0].endswith("as of 09:30")


async def test_one_key_moves_the_card_and_the_cursor_goes_with_it(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        record_id = at.record_id
        name = at.current_card()[0]
        before = sandbox.stage_of(record_id)
        await at.press("full_stop")
        after = sandbox.stage_of(record_id)
        assert after != before
        assert at.current_card()[0] == name
        assert at.status.startswith(f" saved 09:30:00 · {name} →")
        await at.press("comma")
        assert sandbox.stage_of(record_id) == before
    assert len(sandbox.writes()) == 2


async def test_a_move_shows_before_the_server_has_heard_of_it(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await sandbox.fault(method="GET", path=f"{OPPORTUNITIES}/*", action="hang", times=None)
        name = at.current_card()[0]
        await at.press_only("full_stop")
        assert "sending" in at.current_card()[2]
        assert at.current_card()[0] == name
        assert at.status.startswith(f" to send · {name} →")
        assert "1 sending" in at.status
        assert sandbox.writes() == []


async def test_a_refused_move_goes_back_and_the_servers_words_are_shown(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        card, name = at.record_id, at.current_card()[0]
        before = sandbox.stage_of(card)
        await sandbox.fault(
            method="PUT", path=OPPORTUNITIES, action="refuse", message="Not on a \x1b[31mTuesday"
        )
        await at.press("full_stop")
        assert at.status.startswith(f" ✗ not saved, put back (Not on a ␛[31mTuesday) · {name} →")
        assert "not saved" in at.current_card()[2]
        assert sandbox.stage_of(card) == before
        assert at.current_card()[0] == name


async def test_the_cursor_reaches_every_card_and_stays_at_the_edges(sit: Sit) -> None:
    async with sit(size=(80, 24)) as at:
        board = active_boards(at.crm.snapshot)[0]
        stages = at.crm.snapshot.stages_of(board.id)
        seen: set[int] = set()
        for stage in stages:
            for _ in at.crm.snapshot.cards(stage.id):
                seen.add(at.record_id)
                assert len(at.current_card()) == 2
                await at.press_only("j")
            await at.press_only("l", "home")
        expected = {card.id for stage in stages for card in at.crm.snapshot.cards(stage.id)}
        assert seen == expected


@pytest.mark.parametrize(
    ("size", "lines"),
    [((60, 20), 2), ((80, 24), 2), ((120, 36), 3), ((200, 60), 3), ((300, 100), 3), ((40, 12), 3)],
)
async def test_the_cursors_card_is_whole_at_every_size(
    sit: Sit, size: tuple[int, int], lines: int
) -> None:
    async with sit(size=size) as at:
        for key in ("G", "l", "l", "l", "end", "ctrl+u", "pagedown", "h", "k", "right"):
            await at.press_only(key)
            assert len(at.current_card()) == lines, key
            assert all(width_of(line) <= size[0] for line in at.lines())


async def test_a_refresh_does_not_move_the_cursor_to_another_record(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        await at.press_only("j", "j")
        record_id = at.record_id
        board = active_boards(at.crm.snapshot)[0]
        last = at.crm.snapshot.stages_of(board.id)[-1]
        sandbox.execute(
            "UPDATE crmopportunities SET CrmBoardColumnId = ?, Position = 0 WHERE Id = ?",
            last.id, record_id,
        )  # fmt: skip
        await at.press_only("R")
        await loaded(at.crm)
        await at.pilot.pause()
        assert at.record_id == record_id
        assert len(at.current_card()) == 3


async def test_boards_are_stepped_through_and_come_round(sit: Sit) -> None:
    async with sit() as at:
        names = []
        for _ in active_boards(at.crm.snapshot):
            names.append(at.lines()[0])
            await at.press_only("right_parenthesis")
        assert at.lines()[0] == names[0]
        assert len(set(names)) == len(names) == 4
        await at.press_only("left_parenthesis")
        assert at.lines()[0] == names[-1]


async def test_an_empty_stage_shows_where_the_cursor_is(sit: Sit, sandbox: Sandbox) -> None:
    sandbox.execute("DELETE FROM crmopportunities")
    async with sit() as at:
        assert at.current_card()[0] == "no cards"
        await at.press_only("full_stop")
        assert at.status == " There is no card here to move."


async def test_the_footer_names_the_keys_and_help_lists_all_and_runs_them(sit: Sit) -> None:
    async with sit(size=(80, 90)) as at:
        assert at.lines()[-1].startswith(" . next  , back  m move")
        assert at.lines()[-1].endswith("? keys  q quit")
        await at.press_only("question_mark")
        for command in commands_of(CATALOGUE, Where.BOARD):
            assert command.group in at.text()
            assert command.title in at.text()
        await at.press_only("enter")
        assert "type to search" in at.text()
        await at.press_only(*"next board")
        assert "Show the next board" in at.text()
        assert "Move the card" not in at.text()
        await at.press_only("enter")
        assert "2 of 4" in at.lines()[0]


async def test_a_bare_enter_in_help_or_palette_writes_nothing(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await at.press("question_mark", "enter", "escape")
        await at.press_only("ctrl+p")
        await at.pilot.pause(0.2)
        await at.press("enter")
    assert sandbox.writes() == []


@pytest.mark.parametrize("opener", ["ctrl+p", "question_mark"])
async def test_what_is_chosen_from_a_list_is_done_to_the_card_it_was_opened_on(
    sit: Sit, sandbox: Sandbox, opener: str
) -> None:
    async with sit() as at:
        record_id = at.record_id
        await at.press_only(opener)
        sandbox.execute("DELETE FROM crmopportunities WHERE Id = ?", record_id)
        assert at.crm.refresh()
        await loaded(at.crm)
        await at.press_only(*"next stage")
        await at.pilot.pause(0.2)
        await at.press("enter")
        assert "There is no card here to move." in at.status
    assert sandbox.writes() == []


async def test_help_that_finds_nothing_says_so(sit: Sit) -> None:
    async with sit(size=(80, 24)) as at:
        await at.press_only("question_mark")
        await at.press_only(*"zzz")
        assert "nothing is called that" in at.text()


async def test_leaving_without_the_answer_tells_what_nobody_knows(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        name = at.current_card()[0]
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="hang")
        await at.press_only("full_stop", "q", "q")
        assert [intent.subject for intent in at.crm.unsettled()] == [name]
    assert at.app.return_value == 0


async def test_while_cards_come_no_figure_passes_for_the_last_word(
    sit: Sit, sandbox: Sandbox
) -> None:
    await sandbox.fault(action="hang", path=OPPORTUNITIES, query={"size": "1000"}, times=None)
    async with sit(until_loaded=False) as at:
        await until(at.crm, lambda: at.crm.reference.phase == Phase.READY)
        await until(at.crm, lambda: "loading 0" in at.status)
        await at.pilot.pause()
        assert "0…" in at.lines()[1]
        assert at.current_card()[0] == "…"
        assert "loading 0" in at.status


async def test_the_palette_offers_the_catalogue(sit: Sit) -> None:
    async with sit(size=(120, 120)) as at:
        await at.press_only("ctrl+p")
        await at.pilot.pause(0.2)
        for command in commands_of(CATALOGUE, Where.BOARD):
            assert command.title in at.text()
        await at.press_only("escape")
        assert at.lines()[-1].endswith("q quit")


async def test_escape_never_leaves_the_program(sit: Sit) -> None:
    async with sit() as at:
        await at.press_only("question_mark", "escape", "escape", "escape")
        assert at.app.is_running
        assert at.app.return_code is None


async def test_quit_waits_for_what_is_being_sent(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        record_id = at.record_id
        before = sandbox.stage_of(record_id)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="latency", seconds=0.3)
        await at.press_only("full_stop", "q")
        assert "Sending 1 change, then leaving." in at.status
        await at.settled()
    assert at.app.return_value == 0
    assert sandbox.stage_of(record_id) != before


@pytest.mark.parametrize(
    ("size", "needed"), [((20, 5), "20x5 is too small"), ((39, 30), "39x30 is too small")]
)
async def test_a_terminal_that_is_too_small_says_so_and_what_helps(
    sit: Sit, size: tuple[int, int], needed: str
) -> None:
    async with sit(size=size) as at:
        assert needed in at.text()
        assert "q." in at.text()
        await at.resize(80, 24)
        assert at.lines()[-1].endswith("q quit")
        assert len(at.current_card()) == 2


async def test_no_key_changes_what_a_notice_hides(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await at.resize(20, 5)
        await at.press("full_stop", "j", "full_stop")
        assert sandbox.writes() == []
        await at.resize(120, 36)
        sandbox.execute("UPDATE crmboards SET Archived = 1")
        await at.press_only("R")
        await loaded(at.crm)
        await at.press("full_stop")
    assert sandbox.writes() == []


async def test_F13_a_card_deleted_elsewhere_leaves_the_screen(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        gone, name = at.record_id, at.current_card()[0]
        sandbox.execute("DELETE FROM crmopportunities WHERE Id = ?", gone)
        await at.press("full_stop")
        assert at.record_id != gone
        assert at.status.startswith(
            f" ✗ not saved, parked (it was deleted elsewhere, or hidden from you) · {name} →"
        )


async def test_new_trouble_is_not_hidden_by_an_old_message(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await at.press("full_stop")
        assert "saved" in at.status
        await sandbox.fault(action="status", status=500, path=OPPORTUNITIES, times=None)
        await at.press_only("R")
        await loaded(at.crm)
        await at.pilot.pause()
        assert at.status.startswith(" ✗ The server has a fault")


async def test_a_wrong_password_is_said_with_what_helps_and_exits_with_4(sit: Sit) -> None:
    async with sit(sign_in=Basic("ana@example.com", Secret("wrong"))) as at:
        assert "Sign-in was refused" in at.text()
        assert "API access" in at.text()
        await at.press_only("q")
    assert at.app.return_value == 4


async def test_no_boards_are_said_with_what_helps(sit: Sit, sandbox: Sandbox) -> None:
    sandbox.execute("UPDATE crmboards SET Archived = 1")
    async with sit() as at:
        assert "There is no board here that you may see." in at.text()
        sandbox.execute("UPDATE crmboards SET Archived = 0")
        await at.press_only("R")
        await loaded(at.crm)
        await at.pilot.pause()
        assert "1 of 5" in at.lines()[0]


async def test_a_page_that_fails_in_the_middle_is_said_and_R_mends_it(
    sit: Sit, sandbox: Sandbox
) -> None:
    await sandbox.fault(
        action="status", status=500, path=OPPORTUNITIES, query={"page": "2"}, times=ATTEMPTS
    )
    async with sit(page_size=10) as at:
        assert "The server has a fault (HTTP 500). R tries again; only 10 of" in at.status
        assert len(at.current_card()) == 3
        await at.press_only("R")
        await loaded(at.crm)
        await at.pilot.pause()
        assert at.status == ""
        assert at.lines()[0].endswith("as of 09:30")


async def test_a_terminal_without_utf8_gets_ascii_alone(sit: Sit, sandbox: Sandbox) -> None:
    sandbox.execute("UPDATE coworkers SET FullName = '李伟 Müller'")
    async with sit(ascii_only=True) as at:
        assert at.text().isascii()
        assert "???? Muller" in at.text()


async def test_waiting_for_the_service_is_shown_with_its_end_and_why(
    sit: Sit, sandbox: Sandbox
) -> None:
    waits = Waits()
    async with sit(sleep=waits) as at:
        waits.pass_freely.clear()
        await sandbox.fault(
            action="status",
            status=409,
            headers={"Retry-After": "30"},
            path=f"{OPPORTUNITIES}/*",
            times=1,
        )
        await at.press_only("full_stop")
        await until(at.crm, lambda: at.crm.waiting is not None)
        await at.pilot.pause()
        until_when = words.clock_time(NOW + timedelta(seconds=30), seconds=True)
        assert at.status.endswith(
            f"waiting until {until_when}, the server asked to wait · 1 sending"
        )
        waits.pass_freely.set()
        await at.settled()
        assert at.status.startswith(" saved")
        assert "waiting" not in at.status
