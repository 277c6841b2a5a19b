"""What most tests of the service stand on: a fresh sandbox, and a place for a journal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import Sandbox, running_sandbox


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """Serve a fresh sandbox while the test runs."""
    async with running_sandbox() as served:
        yield served


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Give the file of a journal that is not there yet."""
    return tmp_path / "journal.sqlite3"
