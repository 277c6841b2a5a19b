"""A home of its own for every test of the command line: no developer's profiles are read or written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.surroundings import FOLDERS


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put every folder of the program below a throw-away home."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(folder))
    for name, below in FOLDERS.items():
        monkeypatch.setenv(name, str(folder / below))
    monkeypatch.delenv("CRM_TUI_PROFILE", raising=False)
    return folder
