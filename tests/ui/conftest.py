"""The application over a real sandbox, driven by keys only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.events import Key
from textual.pilot import Pilot

from crm_tui.api.auth import Basic
from crm_tui.api.transport import Sleep
from crm_tui.commands.catalogue import CATALOGUE
from crm_tui.commands.spec import Command
from crm_tui.config.settings import Density, Start, Theme
from crm_tui.service.crm import NO_HOLD, Crm
from crm_tui.service.outbox import Hold
from crm_tui.store.habits import Habits
from crm_tui.store.places import Places
from crm_tui.store.sittings import Sittings
from crm_tui.ui.app import CrmApp
from crm_tui.ui.screens.board import BoardScreen
from crm_tui.ui.treatment import PLAIN, Treatment
from tests.world import SIGN_IN, Sandbox, clock, forever, loaded, no_wait, running_sandbox


class Sitting:
    """Somebody at the keyboard: presses keys, reads the screen."""

    def __init__(self, app: CrmApp, pilot: Pilot[int], crm: Crm) -> None:
        self.app, self.pilot, self.crm = app, pilot, crm

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until what was submitted has its outcome and is drawn."""
        await self.pilot.press(*keys)
        await self.settled()

    async def press_only(self, *keys: str) -> None:
        """Press keys, and wait for no more than the drawing."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def hold_down(self, key: str, character: str, times: int) -> None:
        """Hold a key down until it was repeated so many times, as a keyboard does: every 33 ms."""
        for number in range(times):
            event = Key(key, character)
            event.time = number * 0.033
            self.app.post_message(event)
        await self.pilot.pause()
        await self.settled()

    async def resize(self, width: int, height: int) -> None:
        """Give the terminal another size, and wait until what depends on it is laid out."""
        await self.pilot.resize_terminal(width, height)
        for _ in range(
            3
        ):  # the size, then the widths that follow from it, then what is drawn in them
            await self.pilot.pause()

    async def settled(self) -> None:
        """Wait until every change has its outcome and is drawn."""
        await self.crm.settle()
        await self.pilot.pause()

    def lines(self) -> list[str]:
        """Read the screen; the framework has no public way to read it as text."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    def text(self) -> str:
        """Read the screen as one text."""
        return "\n".join(self.lines())

    def current_card(self) -> list[str]:
        """Read the lines of the card between the cursor's edges."""
        return [
            line.split("▌", 1)[1].split("▐", 1)[0].strip() for line in self.lines() if "▌" in line
        ]

    @property
    def board(self) -> BoardScreen:
        """The board screen, whatever lies over it."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, BoardScreen))

    @property
    def stage_name(self) -> str:
        """Ask the book in which stage the card under the cursor is shown."""
        row = self.crm.snapshot.row(self.record_id)
        assert row is not None
        return row.stage

    @property
    def record_id(self) -> int:
        """Ask the board which record is under the cursor."""
        screen = self.app.screen
        assert isinstance(screen, BoardScreen)
        assert screen.record_id is not None
        return screen.record_id

    @property
    def status(self) -> str:
        """Read the status line."""
        return self.lines()[-2]


Sit = Callable[..., AbstractAsyncContextManager[Sitting]]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox(size=80) as running:
        yield running


@pytest.fixture
def sit(sandbox: Sandbox, tmp_path: Path) -> Sit:
    @asynccontextmanager
    async def sitting(
        *,
        size: tuple[int, int] = (120, 36),
        sign_in: Basic = SIGN_IN,
        ascii_only: bool = False,
        until_loaded: bool = True,
        page_size: int = 1000,
        sleep: Sleep | None = None,
        hold: Hold = NO_HOLD,
        commands: tuple[Command, ...] = CATALOGUE,
        theme: Theme = Theme.DARK,
        density: Density = Density.CARDS,
        start: Start = Start.BOARD,
        greeting: str = "",
        treatment: Treatment = PLAIN,
        journal: Path | None = None,
        places: Path | None = None,
        sittings: Path | None = None,
        habits: Path | None = None,
        steady: Callable[[], float] = lambda: 0.0,
    ) -> AsyncIterator[Sitting]:
        if sleep is None:
            sleep = no_wait if hold == NO_HOLD else forever
        crm = sandbox.crm(sign_in, page_size=page_size, sleep=sleep, hold=hold, journal=journal)
        app = CrmApp(
            crm,
            source="sandbox",
            clock=clock,
            commands=commands,
            places=Places(places),
            sittings=Sittings(sittings),
            habits=Habits(habits),
            steady=steady,
            views=tmp_path / "views.toml",
            theme=theme,
            density=density,
            start=start,
            greeting=greeting,
            ascii_only=ascii_only,
            treatment=treatment,
        )
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            if until_loaded:
                await loaded(crm)
                await pilot.pause()
            yield Sitting(app, pilot, crm)

    return sitting
