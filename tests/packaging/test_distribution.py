"""What is built can be installed and starts, far from the checkout."""

import tarfile
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

import crm_tui
from tests.e2e.board import LAUNCHER, wait_for_board
from tests.e2e.surroundings import throwaway_environment
from tests.e2e.terminal import Terminal
from tests.packaging.conftest import Built
from tests.packaging.install import ROOT, fresh_environment, run

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(900), pytest.mark.xdist_group("packaging")]

STYLES = sorted(path.name for path in (ROOT / "styles").glob("*.tcss"))


def assert_starts(launcher: Path, elsewhere: Path) -> None:
    """See the installed command tell its version, and paint the board, in a folder of its own."""
    environment = throwaway_environment(elsewhere / "home")
    told = run(launcher, "--version", cwd=elsewhere, env=environment)
    assert told.output == f"crm-tui {crm_tui.__version__}\n"
    with Terminal.start([launcher, "demo"], environment, cwd=elsewhere) as terminal:
        wait_for_board(terminal)
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert terminal.left_behind == []


class TestContents:
    """What is inside the files that people download."""

    def test_there_are_styles(self) -> None:
        assert "app.tcss" in STYLES

    def test_wheel_carries_the_styles_inside_the_package(self, built: Built) -> None:
        names = zipfile.ZipFile(built.wheel).namelist()
        inside = [Path(name).name for name in names if name.startswith("crm_tui/styles/")]
        assert sorted(inside) == STYLES

    def test_wheel_carries_the_package_and_nothing_else(self, built: Built) -> None:
        names = zipfile.ZipFile(built.wheel).namelist()
        modules = {str(path.relative_to(ROOT)) for path in (ROOT / "crm_tui").rglob("*.py")}
        assert modules <= set(names)
        own = f"crm_tui-{crm_tui.__version__}.dist-info"
        assert {name.split("/")[0] for name in names} == {"crm_tui", own}

    def test_sdist_can_be_built_and_tested(self, built: Built) -> None:
        with tarfile.open(built.sdist) as archive:
            names = {name.partition("/")[2] for name in archive.getnames()}
        assert {f"styles/{name}" for name in STYLES} <= names
        assert {"pyproject.toml", "README.md", "tests/e2e/terminal.py", ".ci/run"} <= names

    def test_files_are_named_after_the_version(self, built: Built) -> None:
        name = f"crm_tui-{crm_tui.__version__}"
        assert built.sdist.name == f"{name}.tar.gz"
        assert built.wheel.name == f"{name}-py3-none-any.whl"


@pytest.mark.terminal
class TestInstalled:
    """The command works in every form of installation."""

    def test_from_the_wheel(self, built: Built, tmp_path: Path) -> None:
        assert_starts(fresh_environment(tmp_path / "venv", built.wheel) / "crm-tui", tmp_path)

    def test_from_the_source_distribution(self, built: Built, tmp_path: Path) -> None:
        assert_starts(fresh_environment(tmp_path / "venv", built.sdist) / "crm-tui", tmp_path)

    def test_from_the_checkout(self, tmp_path: Path) -> None:
        origin = distribution("crm-tui").read_text("direct_url.json") or ""
        if '"editable": true' not in origin:
            pytest.skip("these tests do not run in an editable installation")
        assert_starts(LAUNCHER, tmp_path)
