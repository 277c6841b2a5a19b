"""What the pictures show: each scene is a state of a real sandbox and the keys that lead there.  It draws nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from textual.pilot import Pilot

from crm_tui.api.auth import Basic, Secret
from crm_tui.domain.pipeline import active_boards
from crm_tui.domain.triage.meter import Tally
from crm_tui.service.crm import NO_HOLD, Crm
from crm_tui.service.details import Look
from crm_tui.service.load import Phase
from crm_tui.service.outbox import Hold
from crm_tui.ui.screens.activity import ActivityScreen
from crm_tui.ui.screens.board import BoardScreen
from crm_tui.ui.screens.triage import TriageScreen
from tests.world import NOW, SIGN_IN, Sandbox, learned, loaded, until

OPPORTUNITIES: Final = "/api/crm/crmopportunities"

HELD: Final = Hold(timedelta(seconds=3), timedelta(seconds=15))

State = Callable[[Sandbox, Crm, Pilot[int]], Awaitable[None]]
"""Brings a sandbox or a book into a state."""


async def _as_it_is(_sandbox: Sandbox, crm: Crm, _pilot: Pilot[int]) -> None:
    await loaded(crm)
    await learned(crm)


async def _without_cards(sandbox: Sandbox, crm: Crm, _pilot: Pilot[int]) -> None:
    sandbox.execute("DELETE FROM crmopportunities")
    await loaded(crm)
    crm.refresh()
    await loaded(crm)


async def _without_boards(sandbox: Sandbox, crm: Crm, _pilot: Pilot[int]) -> None:
    sandbox.execute("UPDATE crmboards SET Archived = 1")
    await loaded(crm)
    crm.refresh()
    await loaded(crm)


async def _without_stages(sandbox: Sandbox, crm: Crm, pilot: Pilot[int]) -> None:
    sandbox.execute("DELETE FROM crmboardcolumns")
    await _without_cards(sandbox, crm, pilot)


async def _out_of_reach(sandbox: Sandbox, crm: Crm, pilot: Pilot[int]) -> None:
    await _as_it_is(sandbox, crm, pilot)
    screen = pilot.app.screen
    if isinstance(screen, BoardScreen) and screen.shows_record and screen.record_id is not None:
        shown = screen.record_id
        await until(crm, lambda: _is_whole(crm.detail(shown)))
    await sandbox.fault(action="drop", times=None)
    crm.refresh()
    await loaded(crm)


def _is_whole(look: Look) -> bool:
    return look.detail is not None and look.detail.contact is not None and not look.loading


async def _sick(sandbox: Sandbox, crm: Crm, pilot: Pilot[int]) -> None:
    await _as_it_is(sandbox, crm, pilot)
    await sandbox.fault(action="status", status=500, path=OPPORTUNITIES, times=None)
    crm.refresh()
    await loaded(crm)


async def _loading(sandbox: Sandbox, crm: Crm, _pilot: Pilot[int]) -> None:
    await until(crm, lambda: crm.reference.phase == Phase.READY)


async def _refusing(sandbox: Sandbox, crm: Crm, pilot: Pilot[int]) -> None:
    await _as_it_is(sandbox, crm, pilot)
    await sandbox.fault(
        method="PUT", path=OPPORTUNITIES, action="refuse", message="Notes: too long", times=None
    )


async def _pressed(crm: Crm, pilot: Pilot[int], *keys: str) -> None:
    await pilot.press(*keys)
    await crm.settle()
    await pilot.pause()


async def _needing(sandbox: Sandbox, crm: Crm, pilot: Pilot[int]) -> None:
    """One change is parked, one is in conflict, one is saved; the screen that lists them is open."""
    await _as_it_is(sandbox, crm, pilot)
    stages = crm.snapshot.stages_of(active_boards(crm.snapshot)[0].id)
    board = pilot.app.screen
    assert isinstance(board, BoardScreen)
    sandbox.execute("DELETE FROM crmopportunities WHERE Id = ?", board.record_id)
    await _pressed(crm, pilot, "full_stop")
    sandbox.execute(
        "UPDATE crmopportunities SET CrmBoardColumnId = ? WHERE Id = ?",
        *(stages[3].id, board.record_id),
    )
    await _pressed(crm, pilot, "full_stop")
    await _pressed(crm, pilot, "h", "h", "h", "j", "full_stop")
    await pilot.press("g", "a")
    top = pilot.app.screen_stack[-1]
    while not isinstance(top, ActivityScreen) or top.entry is None:
        await pilot.pause()
        top = pilot.app.screen_stack[-1]


async def _deleting(sandbox: Sandbox, crm: Crm, _pilot: Pilot[int]) -> None:
    sandbox.execute("UPDATE crmboardcolumns SET DeleteAccount = 1 WHERE Name = 'Negotiation'")
    await loaded(crm)
    crm.refresh()
    await loaded(crm)
    await learned(crm)


async def _queue(sandbox: Sandbox, crm: Crm, pilot: Pilot[int]) -> None:
    """The triage queue is open, and ranked."""
    await _as_it_is(sandbox, crm, pilot)
    await pilot.press("t")
    screen = pilot.app.screen
    while not isinstance(screen, TriageScreen) or screen.is_hidden:
        await pilot.pause()
        screen = pilot.app.screen


async def _refused(_sandbox: Sandbox, crm: Crm, _pilot: Pilot[int]) -> None:
    await loaded(crm)


_FOLLOWED_UP_LATE = "UPDATE crmopportunities SET DueDate = '2026-09-01T00:00:00Z' WHERE Status = 1"
"""So late that it excuses nothing."""


@dataclass(frozen=True)
class Scene:
    """A picture's name, the state it is taken in, and the keys that lead there."""

    name: str
    keys: tuple[str, ...] = ()
    state: State = _as_it_is
    data: str = ""
    """What is done to the sandbox's database before anybody asks for anything."""
    before: dict[str, object] | None = None
    """Trouble that is ordered before the program asks for anything."""
    hold: Hold = NO_HOLD
    sign_in: Basic = SIGN_IN
    views: str = ""
    """What the file of the saved views says."""
    before_it: Tally | None = None
    """What the sitting before came to."""


_FILTER: Final = ("F", *"due<today", "space", *"value>2000", "enter")

_YESTERDAY: Final = Tally(
    began=NOW - timedelta(days=1, minutes=20),
    ended=NOW - timedelta(days=1),
    decided=41,
    keys=74,
    seconds=600,
)

_VIEWS: Final = """
[views."Due today"]
filter = "status:open due<=today"
sort = "-value"
start = false

[views."Big ones of mine"]
filter = "status:open owner:me value>2000"

[views."From the fair"]
filter = "stage:Fair"
"""

SCENES: Final = (
    Scene("board", ("j", "j", "full_stop"), hold=HELD),
    Scene("lines", ("z", "j", "j")),
    Scene("hints", ("j", "m")),
    Scene("boards", ("B",)),
    Scene("pending", ("j", "g")),
    Scene("marks", ("space", "space", "j", "space")),
    Scene("preview", ("space", "space", "j", "space", "m", "p")),
    Scene("filter", _FILTER),
    Scene("filter-fault", ("F", *"value>abc")),
    Scene("table", ("slash", *"status:open", "enter", "O", "v", "O", "v")),
    Scene("table-fault", ("slash", *"owner:nobody")),
    Scene("table-guess", ("slash", *"status:open", "space", *"onwer:me")),
    Scene("completion", ("slash", *"status:open", "space", *"s", "ctrl+n")),
    Scene("columns", ("slash", "enter", "C", "j", "j", "J")),
    Scene("views", ("g", "v"), views=_VIEWS),
    Scene("record", ("Z",)),
    Scene("help", ("question_mark",)),
    Scene("triage", ("j",), state=_queue),
    Scene("lane-pinned", ("j", "j", "p", "R", "g", "g"), state=_queue),
    Scene("lane-today", ("tab", "tab"), state=_queue),
    Scene("lane-no-step", ("tab", "tab", "tab"), state=_queue),
    Scene("lane-ageing", ("j",), state=_queue, data=_FOLLOWED_UP_LATE),
    Scene("lane-hygiene", ("shift+tab",), state=_queue),
    Scene("lane-parked", ("P", "shift+tab"), state=_queue),
    Scene("chips", ("f",), state=_queue),
    Scene("decided", ("f", "w", "S", "x", "p", "w"), state=_queue),
    Scene("triage-preview", ("space", "space", "space", "f", "w"), state=_queue),
    Scene("sitting-begin", state=_queue, before_it=_YESTERDAY),
    Scene("sitting-end", ("f", "m", "x", "p", "f", "w", "q"), state=_queue),
    Scene("follow-up", ("j", "f")),
    Scene("lost", ("j", "x")),
    Scene("command-line", ("j", ":", *"lost ", "ctrl+n")),
    Scene("type", ("j", "T")),
    Scene("canned-note", ("j", "N")),
    Scene("task", ("j", "plus", *"call", "space", *"back", "enter")),
    Scene("copied", ("j", "y", "e")),
    Scene(
        "loading", state=_loading, before={"action": "hang", "path": OPPORTUNITIES, "times": None}
    ),
    Scene("not-saved", ("j", "full_stop"), state=_refusing),
    Scene("offline", state=_out_of_reach),
    Scene("failed", state=_sick),
    Scene("refused", state=_refused, sign_in=Basic("ana@example.com", Secret("wrong"))),
    Scene("activity", state=_needing),
    Scene("conflict", ("enter", "2"), state=_needing),
    Scene("delete-confirmation", ("m", "n"), state=_deleting),
    Scene("no-match", ("F", *"nobody", "enter")),
    Scene("no-cards", state=_without_cards),
    Scene("no-stages", state=_without_stages),
    Scene("no-boards", state=_without_boards),
)
