"""``crm-tui list``: what a filter finds in the whole book, in a format, on the standard output or in a file.

It changes nothing.  Opportunities go to the standard output, words to the standard error.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Final

from crm_tui.api.errors import ApiError
from crm_tui.cli.output import explain, point_out, say
from crm_tui.cli.reading import NO_COPY, NothingKnown, Reading, is_fresh, reading
from crm_tui.config.errors import ConfigError
from crm_tui.config.files import reason
from crm_tui.domain.finding import SOONEST, Finder, Found, Sort
from crm_tui.domain.language import QueryError, read_query
from crm_tui.domain.nearest import nearest
from crm_tui.domain.ordering import SORTABLE
from crm_tui.export.columns import Told
from crm_tui.export.formats import Format, format_of, written
from crm_tui.export.saving import save
from crm_tui.process import DONE, FAILED, USAGE
from crm_tui.structs import Struct, replace
from crm_tui.text import safe

_THERE: Final = "is there already; --force writes over it."


class _Listed(Struct, frozen=True):
    """What was found."""

    found: Found
    told: Told


def run_list(options: argparse.Namespace) -> int:
    """Find and write down; returns the exit code."""
    wrong = _misused(options)
    if wrong:
        say(f"crm-tui list: {wrong}")
        return USAGE
    text = " ".join(options.query).strip()

    async def find(book: Reading) -> _Listed:
        query = read_query(text, book.names())
        if options.sort:
            query = replace(query, order=())
        answer = await book.crm.searching.answered(query)
        if answer.words:
            say(f"crm-tui: {answer.words}.")
        found = Finder(book.crm.snapshot).find(answer.query, _sort(options.sort))
        return _Listed(found, book.told())

    try:
        with reading(options, serves=is_fresh) as book:
            listed = asyncio.run(book.run(find))
    except (ApiError, ConfigError) as error:
        return explain(error)
    except NothingKnown:
        say(f"crm-tui: {NO_COPY}")
        return FAILED
    except QueryError as error:
        guess = f" Did you mean “{error.suggestion}”?" if error.suggestion else ""
        return point_out("list", text, error.position, f"{error.message}.{guess}")
    return _give(listed, options)


def _give(listed: _Listed, options: argparse.Namespace) -> int:
    rows = listed.found.rows[: options.limit]
    file: Path | None = options.out
    named = format_of(file.name) if file is not None else Format.TABLE
    how = Format(options.format) if options.format else named
    if file is None:
        is_seen = sys.stdout is not None and sys.stdout.isatty()
        for piece in written(how, rows, listed.told, is_seen=is_seen):
            print(piece, end="")
        print(end="", flush=True)
    else:
        try:
            save(file, written(how, rows, listed.told), over=options.force)
        except FileExistsError:
            say(f"crm-tui: {safe(str(file))} {_THERE}")
            return FAILED
        except OSError as error:
            say(f"crm-tui: {safe(str(file))} cannot be written: {reason(error)}.")
            return FAILED
    left = len(listed.found.rows) - len(rows)
    more = f", {left} more left out by --limit" if left else ""
    where = f" in {safe(str(file))}" if file is not None else ""
    say(f"crm-tui: {len(rows)} of {listed.found.of} opportunities{where}{more}.")
    return DONE


def _misused(options: argparse.Namespace) -> str:
    """Say what makes no sense, before anything is asked; empty when all does."""
    if options.force and options.out is None:
        return "--force goes with --out."
    if options.limit is not None and options.limit < 1:
        return "--limit takes a number from 1."
    by = _name(options.sort)
    if by and by not in SORTABLE:
        guess = nearest(by, SORTABLE)
        more = f"did you mean {guess}?" if guess else f"there are {', '.join(SORTABLE)}."
        return f"nothing can be sorted by “{safe(by, limit=30)}”; {more}"
    file: Path | None = options.out
    if file is not None and not options.force and file.exists():
        return f"{safe(str(file))} {_THERE}"
    return ""


def _sort(given: str) -> Sort:
    """Read the flag: a word of `SORTABLE`, from the greatest on with a sign in front."""
    return Sort(_name(given), descending=given.strip().startswith("-")) if given else SOONEST


def _name(given: str) -> str:
    return given.strip().removeprefix("-").casefold()
