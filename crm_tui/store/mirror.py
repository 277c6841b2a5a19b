"""The mirror: what we know of a profile's book, on disk, so that a start paints before any request.

It is disposable.  Damaged or of another version it is made anew with one message; where it cannot be written the
book lives in memory.  It holds nothing that the server does not have, and it never judges what is newer: whoever
keeps something here has asked the server last.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from crm_tui.domain.moves import Moved
from crm_tui.domain.rows import Board, OpportunityRow, Stage
from crm_tui.paths import make_private_parent
from crm_tui.store import mirror_file
from crm_tui.store.files import put, transaction
from crm_tui.store.known import Around, Cursors, Known, Listing, Offered
from crm_tui.store.mirror_file import DAMAGE, AnotherAccountError, NotOursError, open_whole
from crm_tui.store.owner import Owner
from crm_tui.store.packing import record_of, row_packed, rows_of, sum_of
from crm_tui.store.told import all_told, tell, told

T = TypeVar("T")

Record = tuple[OpportunityRow, bytes]
"""A row, and the record that it was made of: JSON, kept to the letter."""

Place = tuple[int, int, int]
"""Stage, position and id of a card: where the next slice of a board goes on."""

_LARGEST: Final = 1 << 63
"""Whole numbers in a column are smaller."""

_PUT_CARDS: Final = "INSERT OR REPLACE INTO cards VALUES {}"
_PUT_RECORDS: Final = (
    "INSERT INTO records VALUES {} "
    "ON CONFLICT (id) DO UPDATE SET sum = excluded.sum, text = excluded.text"
)
"""A record that was there stays in its place: replaced, it would be taken out there and put in behind all others."""

DAMAGED: Final = "The local copy of the book was damaged; everything is fetched anew."
OTHER_VERSION: Final = (
    "The local copy of the book is another version's; everything is fetched anew."
)
NO_PLACE: Final = (
    "There is no place for a local copy of the book ({why}); it is kept in memory only."
)
NO_MORE: Final = (
    "The local copy of the book cannot be kept up ({why}); from now on it is in memory only."
)


class Mirror:
    """One profile's book on disk, or in memory."""

    def __init__(self, path: Path | None = None, account: str = "") -> None:
        """Open the mirror of an account, made if it is missing; without a path it lives in memory.

        `account` names the server and the user: what another account has left there is thrown away.
        """
        self._path = path
        self._account = account
        self._lock: int | None = None
        self._notice = ""
        self._is_as_told = True
        """What was told by `known` is still what is in the file."""
        self._owner = Owner(self._open, "mirror")

    @property
    def is_kept(self) -> bool:
        """Say whether what is learned now is there at the next start."""
        return self._lock is not None

    def take_notice(self) -> str:
        """Give what the user should know of the mirror, once."""
        notice, self._notice = self._notice, ""
        return notice

    def close(self) -> None:
        """Finish what was asked for, then close the file."""
        self._owner.close()
        if self._lock is not None:
            os.close(self._lock)

    def assign(self, account: str) -> None:
        """Say that all this is of an account that could not be named before; waits for the disk."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE told SET value = ? WHERE name = 'account'", (account,))

        if self.is_kept:
            self._account = account
            self._owner.do_now(self._safely(write, None))

    # Before there is an event loop

    def known(self) -> Known:
        """Give all that is needed to draw, but the opportunities; waits for the disk."""
        known = self._owner.do_now(self._safely(all_told, Known()))
        self._is_as_told = True
        return known

    def first_cards(self, board_id: int, each: int) -> list[OpportunityRow] | None:
        """Give the first cards of each stage of a board, `each` at most; none when what was known is damaged.

        Waits for the disk.
        """

        def read(connection: sqlite3.Connection) -> list[OpportunityRow] | None:
            if not self._is_as_told:
                return None
            found: list[tuple[int, bytes]] = []
            for stage_id in _stages(connection, board_id):
                found += connection.execute(
                    "SELECT sum, data FROM cards WHERE board = ? AND stage = ? "
                    "ORDER BY position, id LIMIT ?",
                    (board_id, stage_id, each),
                )
            return rows_of(found)

        return self._owner.do_now(self._safely(read, None))

    # Reading

    async def cards(
        self, board_id: int, after: Place | None, limit: int
    ) -> list[OpportunityRow] | None:
        """Give a board's cards in the order of their places, from behind one on; none when what was known is damaged.

        After that nothing comes that was not told anew: a part must not be taken for the whole.
        """

        def read(connection: sqlite3.Connection) -> list[OpportunityRow] | None:
            if not self._is_as_told:
                return None
            found = connection.execute(
                "SELECT sum, data FROM cards WHERE board = ? AND (stage, position, id) > (?, ?, ?) "
                "ORDER BY stage, position, id LIMIT ?",
                (board_id, *(after or (-_LARGEST, -_LARGEST, -_LARGEST)), limit),
            )
            return rows_of(found.fetchall())

        return await self._owner.do(self._safely(read, None))

    async def record(self, record_id: int) -> dict[str, Any] | None:
        """Give a raw record as it was last seen, lighter when that was in a listing."""

        def read(connection: sqlite3.Connection) -> dict[str, Any] | None:
            found = connection.execute("SELECT sum, text FROM records WHERE id = ?", (record_id,))
            row = found.fetchone()
            return record_of(*row) if row is not None else None

        return await self._owner.do(self._safely(read, None))

    async def judged(
        self, judge: Callable[[Mapping[str, Any]], bool | None], after: int | None, limit: int
    ) -> list[tuple[int, bool | None]]:
        """Give what `judge` says of raw records, each with its id, in the order of ids, from behind one on.

        `judge` runs in the mirror's thread.  Fewer than `limit` are the last.
        """

        def read(connection: sqlite3.Connection) -> list[tuple[int, bool | None]]:
            found = connection.execute(
                "SELECT id, sum, text FROM records WHERE id > ? ORDER BY id LIMIT ?",
                (-_LARGEST if after is None else after, limit),
            )
            return [
                (record_id, judge(raw) if (raw := record_of(kept, text)) is not None else None)
                for record_id, kept, text in found
            ]

        return await self._owner.do(self._safely(read, []))

    async def moves(self) -> list[Moved]:
        """Give the newest moves; none when they were never kept."""
        return await self._owner.do(
            self._safely(lambda connection: told(connection, "moves", list[Moved], []), [])
        )

    # Writing

    async def keep(self, records: Sequence[Record]) -> None:
        """Take over records as the server has them."""
        if records:
            await self._write(lambda connection: _put(connection, records))

    def note(self, row: OpportunityRow) -> None:
        """Take over a row that was just written, as soon as the disk is free; its raw record follows by `keep`."""

        def write(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                _put_rows(connection, [row])

        if self._writes:
            self._owner.begin(self._safely(write, None))

    async def keep_board(self, board_id: int, seen: Collection[int], listing: Listing) -> None:
        """Note that a board is whole, and drop what its listing did not hold."""

        def write(connection: sqlite3.Connection) -> None:
            kept = connection.execute("SELECT id FROM cards WHERE board = ?", (board_id,))
            _drop(connection, [record_id for (record_id,) in kept if record_id not in seen])
            values = (board_id, listing.as_of.isoformat(), listing.unreadable)
            connection.execute("INSERT OR REPLACE INTO listings VALUES (?, ?, ?)", values)

        await self._write(write)

    async def keep_changes(
        self, gone: Collection[int], cursors: Cursors, as_of: datetime | None
    ) -> None:
        """Drop what was deleted, note how far the changes are known, and when the whole boards were seen last.

        In one transaction, after the changes themselves: a cursor is never ahead of what is kept.
        """

        def write(connection: sqlite3.Connection) -> None:
            _drop(connection, gone)
            tell(connection, "cursors", cursors)
            if as_of is not None:
                connection.execute("UPDATE listings SET as_of = ?", (as_of.isoformat(),))

        await self._write(write)

    async def keep_reference(self, boards: Sequence[Board], stages: Sequence[Stage]) -> None:
        """Take over boards and stages; nothing is kept of boards that are no more."""

        def write(connection: sqlite3.Connection) -> None:
            tell(connection, "boards", list(boards))
            tell(connection, "stages", list(stages))
            there = {board.id for board in boards}
            for (board_id,) in connection.execute("SELECT board FROM listings").fetchall():
                if board_id not in there:
                    cards = connection.execute("SELECT id FROM cards WHERE board = ?", (board_id,))
                    _drop(connection, [record_id for (record_id,) in cards.fetchall()])
                    connection.execute("DELETE FROM listings WHERE board = ?", (board_id,))

        await self._write(write)

    async def keep_around(self, around: Around) -> None:
        """Take over what a board is read with."""
        await self._write(lambda connection: tell(connection, "around", around))

    async def keep_offered(self, offered: Offered) -> None:
        """Take over what verbs offer."""
        await self._write(lambda connection: tell(connection, "offered", offered))

    async def keep_moves(self, moves: Sequence[Moved]) -> None:
        """Take over the newest moves."""
        await self._write(lambda connection: tell(connection, "moves", list(moves)))

    async def _write(self, what: Callable[[sqlite3.Connection], None]) -> None:
        def write(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                what(connection)

        if self._writes:
            await self._owner.do(self._safely(write, None))

    @property
    def _writes(self) -> bool:
        """Two windows that write would put what each knows over what the other knows better."""
        return self.is_kept or self._path is None

    # The file; all this runs in the owner's thread

    def _open(self) -> sqlite3.Connection:
        if self._path is None:
            return open_whole(None, self._account)
        try:
            self._lock = mirror_file.lock_of(make_private_parent(self._path))
            return self._opened(self._path)
        except (OSError, sqlite3.OperationalError) as error:
            return self._in_memory(NO_PLACE, error)
        finally:
            self._is_as_told = True

    def _opened(self, path: Path) -> sqlite3.Connection:
        """Open the file, anew where it is not what it should be."""
        try:
            return open_whole(path, self._account)
        except (sqlite3.OperationalError, sqlite3.ProgrammingError):
            raise
        except AnotherAccountError:
            pass
        except NotOursError:
            self._notice = OTHER_VERSION
        except DAMAGE:
            self._notice = DAMAGED
        if not self.is_kept:  # another window has it, and makes it anew itself
            return self._in_memory("", None)
        mirror_file.throw_away(path)
        return open_whole(path, self._account)

    def _in_memory(self, notice: str, error: Exception | None) -> sqlite3.Connection:
        if error is not None:
            why = error.strerror if isinstance(error, OSError) else str(error)
            self._notice = notice.format(why=why)
        if self._lock is not None:
            os.close(self._lock)
        self._path = self._lock = None
        self._is_as_told = False
        return open_whole(None, self._account)

    def _safely(
        self, what: Callable[[sqlite3.Connection], T], otherwise: T
    ) -> Callable[[sqlite3.Connection], T]:
        """Make what gives `otherwise` where the file is damaged, which is then made anew, or out of reach."""

        def do(connection: sqlite3.Connection) -> T:
            try:
                return what(connection)
            except sqlite3.ProgrammingError:
                raise  # a fault of ours
            except sqlite3.OperationalError as error:
                self._owner.replace(self._in_memory(NO_MORE, error))
            except DAMAGE:
                self._owner.replace(self._made_anew())
            return otherwise

        return do

    def _made_anew(self) -> sqlite3.Connection:
        self._notice = DAMAGED
        self._is_as_told = False
        if self._path is None or not self.is_kept:
            return self._in_memory("", None)
        try:
            mirror_file.throw_away(self._path)
            return open_whole(self._path, self._account)
        except (OSError, sqlite3.Error) as error:
            return self._in_memory(NO_MORE, error)


def _stages(connection: sqlite3.Connection, board_id: int) -> Iterator[int]:
    """Give the stages in which a board has cards, one step in the index each."""
    last = -_LARGEST
    while True:
        (found,) = connection.execute(
            "SELECT min(stage) FROM cards WHERE board = ? AND stage > ?", (board_id, last)
        ).fetchone()
        if found is None:
            return
        last = found
        yield last


def _put(connection: sqlite3.Connection, records: Sequence[Record]) -> None:
    """Put records with their rows; of several with the same id the last one stays."""
    kept = _put_rows(connection, [row for row, _ in records])
    texts = {row.id: text for row, text in records}
    put(connection, _PUT_RECORDS, 3, ((each, sum_of(texts[each]), texts[each]) for each in kept))


def _put_rows(connection: sqlite3.Connection, rows: Sequence[OpportunityRow]) -> list[int]:
    """Put rows where they belong, and give their ids; what lies elsewhere of the same id is replaced."""
    cards = [card for row in {row.id: row for row in rows}.values() if (card := _card(row))]
    put(connection, _PUT_CARDS, 6, cards)
    return [record_id for _, _, _, record_id, _, _ in cards]


def _card(row: OpportunityRow) -> tuple[int, int, int, int, int, bytes] | None:
    """Give the columns of a row; none where a number does not fit into one: such a row is fetched at every start."""
    place = (row.board_id, row.stage_id, row.position, row.id)
    if min(place) <= -_LARGEST or max(place) >= _LARGEST:
        return None
    try:
        return (*place, *row_packed(row))
    except OverflowError:
        return None


def _drop(connection: sqlite3.Connection, record_ids: Collection[int]) -> None:
    ids = [(record_id,) for record_id in record_ids]
    connection.executemany("DELETE FROM cards WHERE id = ?", ids)
    connection.executemany("DELETE FROM records WHERE id = ?", ids)
