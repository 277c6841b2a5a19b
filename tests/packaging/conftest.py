"""The distribution, built once for all tests that look at it."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.packaging.install import ROOT, index_answers, pip_environment, run


@dataclass(frozen=True, slots=True)
class Built:
    """The two forms in which the program is given to people."""

    sdist: Path
    wheel: Path


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skip what needs a package index where there is none."""
    if not index_answers(tmp_path_factory.mktemp("index")):
        pytest.skip("pip reaches no package index")


@pytest.fixture(scope="session")
def built(index: None, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the source distribution, and the wheel from it."""
    folder = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "build", "--outdir", folder, ROOT, env=pip_environment())
    assert done.status == 0, done.output
    (sdist,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    return Built(sdist, wheel)
