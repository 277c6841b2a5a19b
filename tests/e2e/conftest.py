"""What every test with a terminal starts from."""

from pathlib import Path

import pytest

from tests.e2e.surroundings import throwaway_environment


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a program that has never been run before."""
    return throwaway_environment(tmp_path / "home")
