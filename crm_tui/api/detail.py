"""Whole records → what the record pane shows.  Reads only what the models have checked; asks and decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from crm_tui.domain.detail import Contact, Facts, History, Move
from crm_tui.domain.records.opportunity import HistoryRecord, OpportunityRecord
from crm_tui.domain.records.people import CustomerRecord

_COMPANY = 2
"""The service's number for a customer that is a company (`eCoworkerRecordType`)."""


def facts(record: OpportunityRecord) -> Facts:
    """Take what a row does not tell from a whole opportunity."""
    utm = (
        record.utm_source,
        record.utm_medium,
        record.utm_campaign,
        record.utm_content,
        record.utm_term,
    )
    return Facts(
        notes=record.notes or "",
        type=record.type or "",
        team=record.team or "",
        referrer_id=record.referrer_id,
        agent_id=record.agent_id,
        won_on=record.won_on,
        lost_on=record.lost_on,
        reminded=record.reminded,
        campaign=tuple(text for text in utm if text),
    )


def history(records: Sequence[HistoryRecord], opportunity_id: int, earlier: int) -> History:
    """Make a history, newest first, of the moves that are this opportunity's.

    A server that does not know a filter passes over it, so what was asked for is asked again of the answer; then
    nobody knows how many of the `earlier` ones, which were not fetched, are this one's.
    """
    own = [record for record in records if record.opportunity_id in (opportunity_id, None)]
    newest_first = sorted(own, key=lambda record: record.id, reverse=True)
    moves = tuple(
        Move(
            from_stage=record.from_stage or _unnamed(record.from_stage_id),
            to_stage=record.to_stage or _unnamed(record.to_stage_id),
            entered=record.entered_on,
            left=record.left_on,
            user=record.user or "",
        )
        for record in newest_first
    )
    return History(moves, earlier=earlier if len(own) == len(records) else 0)


def contact(record: CustomerRecord) -> Contact:
    """Take from a customer how to reach them."""
    phones = (record.mobile_phone, record.land_line)
    return Contact(
        name=record.full_name,
        company=record.company or "",
        email=record.email or "",
        phones=tuple(dict.fromkeys(phone for phone in phones if phone)),
        is_company=record.kind == _COMPANY,
    )


def _unnamed(stage_id: int | None) -> str:
    """Stand in for the name of a stage that the service no longer has."""
    return "" if stage_id is None else f"Stage #{stage_id}"
