"""``crm-tui show``: one opportunity, whole as the server has it, or as the mirror knows it.

It changes nothing, and asks for nothing but that record.
"""

from __future__ import annotations

import argparse
import asyncio

from crm_tui.api.errors import ApiError, Missing
from crm_tui.api.rows import notes, opportunity_row
from crm_tui.api.wire import Raw
from crm_tui.cli.output import explain, say, show
from crm_tui.cli.reading import NO_COPY, reading
from crm_tui.config.errors import ConfigError
from crm_tui.domain.detail import notes_newest_first
from crm_tui.export.columns import COLUMNS, Told, shown
from crm_tui.export.json import described, json_of
from crm_tui.process import DONE, FAILED


def run_show(options: argparse.Namespace) -> int:
    """Print one opportunity; returns the exit code."""
    try:
        with reading(options) as book:
            raw = asyncio.run(book.record(options.id))
            told = book.told()
        if raw is None:
            say(f"crm-tui: {NO_COPY}")
            return FAILED
        _print(raw, told, as_json=options.json)
    except Missing:
        say(f"crm-tui: There is no opportunity #{options.id}.")
        return FAILED
    except (ApiError, ConfigError) as error:
        return explain(error)
    return DONE


def _print(raw: Raw, told: Told, *, as_json: bool) -> None:
    """Print a record; raises `BadAnswer` when it is none of an opportunity."""
    row = opportunity_row(raw)
    if as_json:
        print(json_of({**described(row, told), "record": raw}), flush=True)
        return
    named = [(column.title, shown(column, row, told)) for column in COLUMNS]
    lines = notes_newest_first(notes(raw))
    headings = ["Notes", *[""] * len(lines)]
    show([*((title, text) for title, text in named if text), *zip(headings, lines, strict=False)])
