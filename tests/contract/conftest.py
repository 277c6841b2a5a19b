"""The worlds that the rows are tried in, one for each dialect; each test says which row it is about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.table import PROPERTY, described
from tests.contract.world import World, Worlds


@pytest.fixture(scope="package")
def worlds() -> Iterator[Worlds]:
    """Keep a sandbox for each dialect that is asked for, to the end."""
    made = Worlds()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def world(request: pytest.FixtureRequest, worlds: Worlds) -> World:
    """Give the world of a dialect."""
    return worlds.of(request.param)


@pytest.fixture(autouse=True)
def _row(request: pytest.FixtureRequest) -> None:
    """Say in the report which row this is."""
    callspec = getattr(request.node, "callspec", None)
    dialect = callspec.params.get("world", "") if callspec is not None else ""
    request.node.user_properties.append((PROPERTY, described(request.node, dialect)))
