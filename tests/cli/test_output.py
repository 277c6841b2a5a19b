"""How tables look that the command line prints."""

from __future__ import annotations

import pytest

from crm_tui.cli.output import show


def test_one_long_name_pads_no_other_row_and_is_printed_whole(
    capsys: pytest.CaptureFixture[str],
) -> None:
    long = "n" * 3_000
    show([("1", "held", long, "won"), ("2", "held", "Noor Haddad", "won"), ("3", "held", "", "")])
    printed = capsys.readouterr().out.splitlines()
    assert printed == [
        f"1  held  {long}  won",
        f"2  held  Noor Haddad{' ' * 29}  won",
        "3  held",
    ]


def test_columns_are_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    show([("name", "here"), ("plain http", "allowed")])
    assert capsys.readouterr().out == "name        here\nplain http  allowed\n"
