"""Looks for a screen beyond what rows tell: into the whole records on this machine, and at the service itself.

One question at a time: the next one ends what was asked before.  It draws nothing and decides nothing about what is
shown meanwhile.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol

from textual.worker import Worker

from crm_tui.api.errors import ApiError
from crm_tui.domain.matching import settled
from crm_tui.domain.pipeline import EVERYTHING
from crm_tui.domain.query import Query, needs
from crm_tui.service.load import Phase
from crm_tui.service.server_search import CannotBeAsked
from crm_tui.ui import words
from crm_tui.ui.screens.work_state import SearchState
from crm_tui.ui.widgets.line import Pieces


class Asker(Protocol):
    """The screen that asks."""

    def begin(self, work: Coroutine[Any, Any, None], name: str) -> Worker[None]:
        """Do something in the background, for as long as the screen is there."""

    def show_answer(self, query: Query) -> None:
        """Show what a query lets through that rows can answer."""

    def say(self, message: Pieces) -> None:
        """Tell the user something."""


class Asking:
    """What is looked for on one screen, and what was found of it beyond the rows."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._state: SearchState | None = None
        self._wanted = EVERYTHING
        self._answered_at = -1
        """The book's generation when whole records were looked into; they are not now where it is another."""
        self._from_server: frozenset[int] = frozenset()
        """What the service has found, which the records here need not tell."""
        self._records: Worker[None] | None = None
        self._server: Worker[None] | None = None

    def look_for(self, query: Query) -> bool:
        """Begin with another question; say whether rows alone cannot answer it, so that the answer comes later."""
        self._wanted = query
        self._answered_at = -1
        self._from_server = frozenset()
        for worker in (self._records, self._server):
            if worker is not None:
                worker.cancel()
        self._records = self._server = None
        if needs(query):
            self._look_into_records(quietly=False)
        return bool(needs(query))

    def take(self, state: SearchState) -> None:
        """The book is another one: what whole records tell is looked for anew, once all has come."""
        self._state = state
        is_other = self._answered_at != state.work.snapshot.generation
        if needs(self._wanted) and is_other and state.work.load.phase == Phase.READY:
            self._look_into_records(quietly=True)

    def ask_server(self) -> None:
        """Ask the service itself, unless it is being asked."""
        state = self._state
        if state is not None and not self.is_at_server:
            self._server = self._asker.begin(self._asking_server(state), "server")

    @property
    def is_at_server(self) -> bool:
        """Say whether the service is being asked."""
        return self._server is not None and not self._server.is_finished

    def leave_server(self) -> None:
        """Ask the service no more; what has come stays."""
        if self._server is not None:
            self._server.cancel()
            self._server = None

    def _look_into_records(self, *, quietly: bool) -> None:
        state = self._state
        if state is not None and (self._records is None or self._records.is_finished):
            self._records = self._asker.begin(self._answering(state, quietly=quietly), "records")

    async def _answering(self, state: SearchState, *, quietly: bool) -> None:
        wanted = self._wanted
        if not quietly:
            self._asker.say(words.plain("Searching the whole records …"))
        at = state.work.snapshot.generation
        answer = await state.answer(wanted)
        self._answered_at = at
        self._asker.show_answer(settled(wanted, answer.ids | self._from_server))
        if not quietly:
            self._asker.say(words.plain(answer.words) if answer.words else words.NOTHING)

    async def _asking_server(self, state: SearchState) -> None:
        wanted = self._wanted
        self._asker.say(words.plain("Asking the server …"))
        try:
            found = await state.ask_server(wanted, self._tell)
        except CannotBeAsked as error:
            self._asker.say(words.plain(str(error)))
            return
        except ApiError as error:
            said = f"{words.error_sentence(error)}. What is here stays as it is."
            self._asker.say((("bad", f" {said}"),))
            return
        if needs(wanted):
            self._from_server = found.ids
            await self._answering(state, quietly=True)
        self._asker.say(words.plain(found.words))

    def _tell(self, come: int, total: int) -> None:
        of = f" of {total:,}" if total >= come else ""
        self._asker.say(words.plain(f"The server has told {come:,}{of} …"))
