"""Builders of rows for tests that need no server."""

from __future__ import annotations

from decimal import Decimal

from crm_tui.domain.rows import Board, OpportunityRow, Stage
from crm_tui.domain.snapshot import Snapshot


def a_board(board_id: int = 1, *, name: str = "Sales", archived: bool = False) -> Board:
    return Board(board_id, name, location_id=7, location="Riverside", archived=archived)


def a_stage(
    stage_id: int, *, board_id: int = 1, position: int = 0, deletes_customer: bool = False
) -> Stage:
    return Stage(
        stage_id,
        board_id,
        name=f"Stage {stage_id}",
        position=position,
        currency="GBP",
        deletes_customer=deletes_customer,
    )


def a_row(
    record_id: int,
    stage_id: int = 10,
    *,
    position: int = 0,
    board_id: int = 1,
    value: str | None = "100",
    currency: str = "GBP",
    customer: str = "Noor Haddad",
) -> OpportunityRow:
    return OpportunityRow(
        id=record_id,
        stage_id=stage_id,
        stage=f"Stage {stage_id}",
        board_id=board_id,
        position=position,
        status=1,
        customer_id=record_id + 5_000,
        customer=customer,
        company="Haddad & Co",
        email="noor@example.com",
        name="",
        value=None if value is None else Decimal(value),
        currency=currency,
        owner_id=3,
        owner="Ana Ruiz",
        due_on=None,
        lead_source=11,
        loss_reason=None,
        created_on=None,
        updated_on=None,
        stage_since=None,
    )


def a_book(*rows: OpportunityRow, stages: int = 3) -> Snapshot:
    """Make a book of one board with stages 10, 11, 12 … and these rows."""
    snapshot = Snapshot()
    snapshot.set_reference(
        [a_board()], [a_stage(10 + number, position=number) for number in range(stages)]
    )
    snapshot.put(rows)
    return snapshot
