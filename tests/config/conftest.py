"""A home of its own for every test: no developer's profiles are read or written."""

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
    for name in ("CRM_TUI_PROFILE", "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def path(home: Path) -> Path:
    """Where profiles.toml belongs; its folder is there already."""
    folder = home / FOLDERS["XDG_CONFIG_HOME"] / "crm-tui"
    folder.mkdir(mode=0o700, parents=True)
    return folder / "profiles.toml"
