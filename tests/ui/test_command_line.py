"""The command line by keys only: the same verbs, typed."""

from __future__ import annotations

from crm_tui.ui.screens.preview import PreviewScreen
from tests.ui.conftest import Sit, Sitting
from tests.ui.test_deciding import field
from tests.world import Sandbox


async def typed(at: Sitting, line: str) -> None:
    """Type a line, and take it."""
    await at.press(":", *line, "enter")


async def journal(at: Sitting) -> list[tuple[int, str, object]]:
    """What the journal holds of what was asked for."""
    entries = await at.crm.journal.entries()
    return [(each.record_id, each.said, each.change) for each in entries]


async def test_a_line_leaves_the_same_intent_and_the_same_record_as_the_keys(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        card = at.record_id
        await at.press("x", "p")
        by_key, lost = await journal(at), field(sandbox, card, "LossReason")
        await at.press("u", "j")
        assert at.record_id != card
        await typed(at, f"lost #{card} price")
        assert by_key[0] in (await journal(at))[-1:]
        assert field(sandbox, card, "LossReason") == lost
    assert len(sandbox.writes()) == 3


async def test_a_line_acts_on_what_was_marked_after_the_same_preview(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        first = at.record_id
        await at.press("space")
        second = at.record_id
        await at.press("space")
        await typed(at, "value 1234")
        assert isinstance(at.app.screen, PreviewScreen)
        await at.press("enter")
    assert {field(sandbox, each, "Value") for each in (first, second)} == {"1234"}


async def test_what_is_wrong_stays_in_the_line_to_be_mended(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await typed(at, "lost pride")
        assert "did you mean “Price”?" in at.text()
        await at.press("delete", *"Price")
        assert "did you mean" not in at.text()
        assert at.app.screen is not at.board
        await at.press(*["delete"] * 5, "escape")
        assert at.app.screen is at.board
    assert sandbox.writes() == []


async def test_a_name_and_what_it_asks_for_are_completed(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        card = at.record_id
        await at.press(":", *"los", "tab")
        assert "Timing" in at.text()
        await at.press("ctrl+n", "ctrl+n", "tab", "enter")
        assert "lost: Timing" in at.status
    assert field(sandbox, card, "LossReason") == 1


async def test_earlier_lines_are_had_again_with_the_arrows(sit: Sit) -> None:
    async with sit() as at:
        await typed(at, "cursor-down")
        await typed(at, "cursor-last")
        await at.press(":", *"ha", "up", "up")
        assert " : cursor-down" in at.text()
        await at.press("down")
        assert " : cursor-last" in at.text()
        await at.press("down")
        assert " : ha" in at.text()


async def test_an_id_shows_the_record_on_its_board_and_text_opens_filter_and_search(
    sit: Sit,
) -> None:
    async with sit() as at:
        here = at.crm.snapshot.row(at.record_id)
        assert here is not None
        rows = at.crm.snapshot.rows()
        other = next(row for row in rows if row.board_id != here.board_id)
        await typed(at, f"#{other.id}")
        assert at.record_id == other.id
        await typed(at, "filter value>100")
        await at.press("enter")
        assert "value>100" in at.text()
        await typed(at, "search owner:none")
        await at.press("enter")
        assert "owner:none" in at.text()


async def test_hostile_text_of_a_stage_is_shown_and_never_sent_to_the_terminal(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        await typed(at, "move \x1b[31mred")
        assert "\x1b" not in at.text()
        assert "There is no stage" in at.text()
