"""The flags of the commands that read the book without the board: `list` and `show`.

It imports nothing of theirs, for every start reads flags: whether a value makes sense is said by who takes it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

_LIST: Final = """\
Print what a filter finds in the whole book, in the words of the filter on the board:

  crm-tui list 'status:open due<today value>2000'
  crm-tui list 'owner:me -acme' --sort -value --limit 10 --csv --out mine.csv

Without a filter everything. A copy of the book that is two minutes old at most serves as it is; else
the server is asked what has changed. What is not sent yet is not in it.
"""


def add_reading(commands: Any) -> tuple[argparse.ArgumentParser, ...]:
    """Add the commands that read."""
    listing = commands.add_parser(
        "list",
        help="print what a filter finds, as a table, CSV, JSON or Markdown",
        description=_LIST,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    listing.add_argument("query", metavar="QUERY", nargs="*", help="filter, as on the board")
    formats = listing.add_mutually_exclusive_group()
    for how, words in (
        ("table", "for people; so it is without a flag, unless FILE says otherwise"),
        ("json", "a list of objects"),
        ("csv", "for spreadsheets"),
        ("md", "a Markdown table"),
    ):
        formats.add_argument(f"--{how}", dest="format", action="store_const", const=how, help=words)
    listing.add_argument(
        "--sort",
        metavar="FIELD",
        default="",
        help="order, such as value, due or moved; from the greatest on with - in front",
    )
    listing.add_argument("--limit", metavar="N", type=int, help="so many at most")
    listing.add_argument(
        "--out", metavar="FILE", type=Path, help="file to write to; .csv, .json and .md say how"
    )
    listing.add_argument("--force", action="store_true", help="write over FILE if it is there")
    showing = commands.add_parser(
        "show",
        help="print one opportunity whole",
        description="Ask the server for one opportunity, and print it whole.",
    )
    showing.add_argument("id", metavar="ID", type=_id, help="id of the opportunity")
    showing.add_argument("--json", action="store_true", help="print JSON")
    for each in (listing, showing):
        each.add_argument(
            "--offline", action="store_true", help="ask no server: read the local copy as it is"
        )
    return listing, showing


def with_terms(arguments: Sequence[str]) -> list[str]:
    """Keep what begins with one dash from being taken for a flag: ``-status:lost`` and ``--sort -value``.

    A space before a term changes nothing in a filter.
    """
    words = list(arguments)
    if "list" not in words:
        return words
    begin = words.index("list") + 1
    return words[:begin] + [f" {word}" if _is_term(word) else word for word in words[begin:]]


def _is_term(word: str) -> bool:
    return word.startswith("-") and not word.startswith("--") and len(word) > 2


def _id(text: str) -> int:
    """Read an id, with or without its sign."""
    digits = text.strip().removeprefix("#")
    if not digits.isdecimal() or len(digits) > 19:
        raise argparse.ArgumentTypeError("an id is a number, such as 42")
    return int(digits)
