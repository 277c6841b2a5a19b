"""A key that is held down, for every verb: what comes after its second press decides nothing, whatever that opened."""

from __future__ import annotations

from textual.events import Key

from crm_tui.commands.catalogue import CATALOGUE
from crm_tui.commands.spec import Where
from crm_tui.ui.screens.triage import TriageScreen
from tests.ui.conftest import Sit, Sitting
from tests.ui.test_offered import offered
from tests.ui.test_triage import begun

VERBS = [each for each in CATALOGUE if each.writes and Where.TRIAGE in each.where]

_NAMES = {".": "full_stop", ",": "comma", "+": "plus", ";": "semicolon", "ctrl+r": "ctrl+r"}

_FIRST = 0.5
"""Seconds until a keyboard begins to repeat a key that is held."""

_TIMES = 20


async def held_down(at: Sitting, key: str, begin: float) -> list[str]:
    """Hold a key down as a keyboard tells it: once, after a while again, then every 33 ms.

    Gives what was decided after the second time, which could have been a press of its own.
    """
    deliberate = 0
    for number in range(_TIMES):
        event = Key(_NAMES.get(key, key), key if len(key) == 1 else None)
        event.time = begin + (_FIRST + number * 0.033 if number else 0.0)
        at.app.post_message(event)
        # One after the other, as they come: what a key opens has the next one.
        await at.pilot.pause()
        if number == 1:
            await at.settled()
            deliberate = len(await at.crm.journal.entries(1000))
    await at.settled()
    entries = await at.crm.journal.entries(1000)
    return [each.said for each in entries[: len(entries) - deliberate]]


async def test_a_held_verb_decides_no_more_than_two_presses_would_whatever_its_key_opens(
    sit: Sit,
) -> None:
    async with sit() as at:
        await offered(at)
        await begun(at)
        many: dict[str, list[str]] = {}
        for number, command in enumerate(VERBS):
            if more := await held_down(at, command.keys[0], 10.0 * (number + 1)):
                many[command.name] = more
            while not isinstance(at.app.screen, TriageScreen):
                await at.press_only("escape")
        assert many == {}
        assert len(await at.crm.journal.entries(1000)) > len(VERBS) // 3
