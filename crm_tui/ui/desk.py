"""Which board is looked at, within which location, and what of the book that means for the screen.

It reads the book and never writes; it knows no widget.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, tzinfo

from crm_tui.commands.here import Here
from crm_tui.commands.spec import Context, Where
from crm_tui.domain.fields.names import names_of
from crm_tui.domain.finding import Finder
from crm_tui.domain.intent import Entry
from crm_tui.domain.language import QueryError
from crm_tui.domain.matching import select
from crm_tui.domain.pipeline import active_boards, boards_of, location_called
from crm_tui.domain.progress import Progress
from crm_tui.domain.rows import Board, OpportunityRow
from crm_tui.domain.triage.lanes import Scope
from crm_tui.domain.triage.reasons import Reason
from crm_tui.domain.wording import Wall
from crm_tui.export.columns import Told
from crm_tui.service.crm import Crm
from crm_tui.service.details import Look
from crm_tui.service.load import Load, Phase, whole
from crm_tui.store.habits import Habits
from crm_tui.ui import words
from crm_tui.ui.reader import Reader
from crm_tui.ui.screens.work_state import BoardState, SearchState, TriageState, Waiting, WorkState
from crm_tui.ui.treatment import Treatment


class Desk:
    """Where the user stands in the book."""

    def __init__(
        self,
        crm: Crm,
        *,
        clock: Callable[[], datetime],
        why_gone: Callable[[], str],
        treatment: Treatment,
        habits: Habits,
    ) -> None:
        self._crm = crm
        self.habits = habits
        """What is chosen how often here."""
        self._clock = clock
        self._why_gone = why_gone
        self.stands_still = False
        self._treatment = treatment
        self.front: Callable[[], Where] = lambda: Where.BOARD
        """Tells where somebody works now: what is looked at there is fetched, and nothing behind it."""
        self._begin_at = treatment.location
        """Where the profile wants to begin, until the boards are known."""
        self._left: tuple[int | None, int | None] = (None, None)
        """Board and location where somebody stood at the end of the last run, until the boards are known."""
        self._board_id: int | None = None
        self._asked_board_id: int | None = None
        """The board that was asked for, which is shown though it may be archived."""
        self._location_id: int | None = None
        self._finder = Finder(crm.snapshot)
        self._sending = Progress()

    # Where

    def go_to(self, board_id: int) -> None:
        """Look at another board, and have it loaded next."""
        self._board_id = self._asked_board_id = board_id
        self._crm.want(board_id)

    def narrow_to(self, location_id: int | None) -> None:
        """Look at the boards of one location only, or of all."""
        self._location_id = location_id
        boards = active_boards(self._crm.snapshot, location_id)
        if boards and self._board_id not in {board.id for board in boards}:
            self.go_to(boards[0].id)

    @property
    def location_id(self) -> int | None:
        """The location that everything is narrowed to, if it is."""
        return self._location_id

    def restore(self, board_id: int | None, location_id: int | None) -> None:
        """Stand where somebody stood, once the boards are known; what the profile wants goes before."""
        self._left = (board_id, location_id)

    def board(self) -> Board | None:
        """Stay on the board that is looked at; take the first when there was none, or it is gone."""
        board = self._crm.snapshot.boards.get(self._board_id or 0)
        if board is not None and (not board.archived or board.id == self._asked_board_id):
            return board
        boards = active_boards(self._crm.snapshot, self._location_id)
        self._board_id = boards[0].id if boards else None
        if boards:
            self._crm.want(boards[0].id)
        return boards[0] if boards else None

    def _begin(self) -> str:
        """Stand where the profile wants to begin, or where it was left, once the boards are known; say what fails."""
        boards = active_boards(self._crm.snapshot)
        if not boards:
            return ""
        wanted, self._begin_at = self._begin_at, None
        (board_id, location_id), self._left = self._left, (None, None)
        if wanted is not None:
            location_id = location_called(self._crm.snapshot, wanted)
        if location_id in {board.location_id for board in boards}:
            self._location_id = location_id
        if board_id in {board.id for board in boards_of(self._crm.snapshot, self._location_id)}:
            self.go_to(board_id or 0)
        if wanted is not None and location_id is None:
            return words.no_location(wanted, {board.location for board in boards})
        return ""

    # What it means

    def standing(
        self,
        where: Where,
        record_id: int | None,
        marked: tuple[int, ...],
        entry: Entry | None,
        view: str,
        count: int,
    ) -> Context:
        """Take down where the user stands: what is done later is done to these records, and to this entry.

        Where the book as a whole is shown the board is that of the record.
        """
        row = self._crm.snapshot.row(record_id)
        return Context(
            snapshot=self._crm.snapshot,
            where=where,
            board_id=self._board_id if row is None or where == Where.BOARD else row.board_id,
            record_id=record_id,
            marked=marked,
            location_id=self._location_id,
            entry=entry,
            view=view,
            count=count,
            detail=self._crm.detail(record_id).detail if record_id is not None else None,
            taken=self.habits.taken,
            undated=self.undated(),
            here=self._here(),
        )

    def _here(self) -> Here:
        """Say when and by whom something is asked for."""
        crm, me = self._crm, self._crm.surroundings.me
        name = "" if me is None else crm.snapshot.known_owners().get(me, "")
        treatment = self._treatment
        return Here(
            self._clock(), self._zone_of, treatment.dates, treatment.week, me, name or crm.user
        )

    def _zone_of(self, board_id: int) -> tzinfo:
        return self._crm.surroundings.zone_of(self._crm.snapshot.boards.get(board_id))

    def wall_of(self, record_id: int) -> Wall:
        """Give the calendar of a record's location; of the board that is looked at for one that is not here."""
        row = self._crm.snapshot.row(record_id)
        board = self._crm.snapshot.boards.get(row.board_id) if row is not None else self.board()
        return Wall(self._crm.surroundings.zone_of(board), self._treatment.dates)

    def reader(self, *, rows_only: bool) -> Reader:
        """Make what reads a filter, with the names that it can say here and now; with `rows_only` one of cards."""
        surroundings = self._crm.surroundings
        zone = surroundings.zone_of(self.board())
        names = names_of(
            self._crm.snapshot,
            today=self._clock().astimezone(zone).date(),
            zone=zone,
            me=surroundings.me,
            dates=self._treatment.dates,
        )
        return Reader(names, rows_only=rows_only)

    def can_read(self, text: str) -> bool:
        """Say whether a filter can be read, or never will be: all that it could name is known."""
        boards = active_boards(self._crm.snapshot)
        load = whole(self._crm.reference, [self._crm.load(board.id) for board in boards])
        if load.phase == Phase.FAILED:
            return True
        if load.phase == Phase.READY and self._crm.surroundings.has_looked:
            return True
        try:
            self.reader(rows_only=False)(text)
        except QueryError:
            return False
        return True

    async def count(self, text: str) -> int:
        """Count the opportunities that a filter lets through, here; raises `QueryError`."""
        query = self.reader(rows_only=False)(text)
        query = (await self._crm.searching.answered(query)).query
        snapshot = self._crm.snapshot
        boards = {board.id for board in boards_of(snapshot, self._location_id)}
        rows = (row for row in snapshot.rows() if row.board_id in boards)
        return len(select(query, snapshot, snapshot.rows() if self._location_id is None else rows))

    def state(self) -> BoardState:
        """Gather what the board screen draws."""
        said = self._begin() or self._crm.news()
        crm, board = self._crm, self.board()
        load = crm.load(board.id) if board is not None else crm.reference
        return BoardState(
            work=self._work(Where.BOARD, load, is_there=board is not None),
            board=board,
            boards=tuple(active_boards(crm.snapshot, self._location_id)),
            weights=crm.surroundings.weights,
            said=said,
        )

    def search_state(self) -> SearchState:
        """Gather what the search screen draws."""
        crm = self._crm
        boards = boards_of(crm.snapshot, self._location_id)
        ids = frozenset(board.id for board in boards)
        loads = [crm.load(board.id) for board in boards if not board.archived]
        scope = None if self._location_id is None else ids
        return SearchState(
            work=self._work(Where.SEARCH, whole(crm.reference, loads), is_there=True),
            scope=_places(boards),
            find=lambda query, sort: self._finder.find(query, sort, scope),
            answer=crm.searching.answered,
            ask_server=crm.searching.server.ask,
        )

    def today(self) -> date:
        """Give the day on the calendar of the board's location."""
        return self._clock().astimezone(self._crm.surroundings.zone_of(self.board())).date()

    def told(self) -> Told:
        """Gather what rows do not tell themselves, as it is now."""
        boards = dict(self._crm.snapshot.boards)
        zone_of = self._crm.surroundings.zone_of
        zones = {board_id: zone_of(board) for board_id, board in boards.items()}
        return Told(boards, zones, self._crm.snapshot.labels, self._treatment.dates)

    def triage_state(self, waiting: Waiting, why: Callable[[int], Reason]) -> TriageState:
        """Gather what the triage screen draws."""
        boards = boards_of(self._crm.snapshot, self._location_id)
        loads = [self._crm.load(board.id) for board in boards if not board.archived]
        work = self._work(Where.TRIAGE, whole(self._crm.reference, loads), is_there=True)
        return TriageState(work, _places(boards), waiting, why)

    def is_whole(self) -> bool:
        """Say whether the opportunities of all boards in use here are known, of whenever that is."""
        boards = active_boards(self._crm.snapshot, self._location_id)
        return bool(boards) and all(self._crm.load(each.id).as_of for each in boards)

    def triage_scope(self) -> Scope:
        """Say what is ranked now: the boards in use of the location, or of all."""
        boards = active_boards(self._crm.snapshot, self._location_id)
        return Scope(
            now=self._clock(),
            zones={board.id: self._zone_of(board.id) for board in boards},
            stages=dict(self._crm.snapshot.stages),
            dates=self._treatment.dates,
            limits=self._crm.surroundings.limits,
            undated=self.undated(),
        )

    def undated(self) -> frozenset[int]:
        """Give the ids of won opportunities whose record is held as it is now and lacks the date; a few at most.

        One with a change on its way is none of them: its record is looked at anew afterwards.
        """
        snapshot, found = self._crm.snapshot, self._crm.details.undated
        known = ((each, snapshot.row(each), seen) for each, seen in found.items())
        return frozenset(
            each
            for each, row, seen in known
            if row is not None and row.updated_on == seen and not snapshot.is_pending(each)
        )

    def _work(self, where: Where, load: Load, *, is_there: bool) -> WorkState:
        """Gather what every screen of opportunities draws."""
        crm = self._crm
        self._sending = self._sending.seen(crm.snapshot.pending_count(), self._clock())
        return WorkState(
            snapshot=crm.snapshot,
            is_there=is_there,
            reference=crm.reference,
            load=load,
            now=self._clock(),
            zone_of=self._zone_of,
            waiting=crm.waiting,
            sending=self._sending,
            is_stuck=self._is_stuck(),
            held_until=crm.held_until(),
            look=lambda row, ahead=(): self._look(where, row, ahead),
            needing=crm.journal.needs_somebody,
            unkept=crm.journal.unkept,
            gone=self._why_still(load),
        )

    def _is_stuck(self) -> bool:
        crm = self._crm
        return bool(crm.held()) and crm.held_until() is None and not crm.sending()

    def stand_still(self) -> None:
        """Take it that nothing is loaded or sent any more, by a fault of our own."""
        self.stands_still = True

    def _why_still(self, load: Load) -> str:
        if self.stands_still:
            return words.STANDS_STILL
        return self._why_gone() if self._crm.reference.error or load.error else ""

    def _look(
        self, where: Where, row: OpportunityRow | None, ahead: Sequence[OpportunityRow]
    ) -> Look | None:
        """Tell what is known of a record; a screen that lies under another one has nothing fetched."""
        if where == self.front():
            self._crm.look_at(row, ahead)
        return self._crm.detail(row.id) if row is not None else None


def _places(boards: Sequence[Board]) -> str:
    """Name the location of the first board, and how many more there are; foreign text."""
    places = list(dict.fromkeys(board.location for board in boards))
    more = f" +{len(places) - 1}" if len(places) > 1 else ""
    return f"{places[0]}{more}" if places else ""
