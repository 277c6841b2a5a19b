"""Keys that the user has chosen show wherever a key is named."""

from __future__ import annotations

from crm_tui.commands.catalogue import CATALOGUE
from crm_tui.commands.remaps import keymap
from crm_tui.config.settings import Density
from tests.ui.conftest import Sit
from tests.world import Sandbox

OWN = {
    "next-stage": ["n"],
    "refresh": ["f5"],
    "quit": ["X"],
    "cursor-down": ["e"],
    "palette": ["f2"],
}
COMMANDS = keymap(CATALOGUE, OWN).commands


async def test_footer_help_palette_and_sentences_name_them(sit: Sit) -> None:
    async with sit(commands=COMMANDS, size=(160, 40)) as at:
        footer = at.lines()[-1]
        for hint in (" n next", " f5 refresh", " X quit"):
            assert hint in footer
        await at.press_only("5")
        assert "such as e;" in at.status
        await at.press_only("n")
        assert "such as 5e." in at.status
        await at.press_only("?", *"next stage")
        assert "n " in at.text()
        await at.press_only("escape")
        await at.press_only("f2", *"ask the")
        assert "Ask the server what it has now  f5" in at.text()


async def test_the_old_keys_are_free_and_the_new_ones_act(sit: Sit, sandbox: Sandbox) -> None:
    async with sit(commands=COMMANDS) as at:
        before = at.record_id
        await at.press_only("j", "ctrl+p")
        assert at.record_id == before
        assert at.app.screen.id != "--command-palette"
        await at.press_only("e")
        assert at.record_id != before
        stage = sandbox.stage_of(at.record_id)
        await at.press("full_stop")
        assert sandbox.stage_of(at.record_id) == stage
        await at.press("n")
        assert sandbox.stage_of(at.record_id) != stage


async def test_trouble_names_the_key_that_helps(sit: Sit, sandbox: Sandbox) -> None:
    await sandbox.fault(path="/api/crm/crmboards", action="status", status=500, times=None)
    async with sit(commands=COMMANDS) as at:
        assert "f5 tries again, X leaves." in at.text()
        await at.pilot.resize_terminal(30, 10)
        await at.pilot.pause()
        assert "Enlarge, or X." in at.text()


async def test_the_first_density_and_the_greeting_are_those_that_were_given(sit: Sit) -> None:
    async with sit(density=Density.LINES, greeting="Something \x1b is wrong.") as at:
        assert len(at.current_card()) == 1
        assert at.status.startswith(" Something ␛ is wrong.")
        await at.press_only("z")
        assert len(at.current_card()) == 3
