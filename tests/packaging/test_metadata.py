"""What pyproject.toml and README.md say is true, and says why."""

import re
import tomllib
from importlib.metadata import version

import pytest

import crm_tui
from tests.packaging.install import CONSTRAINTS, ROOT

PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(PYPROJECT)["project"]
README_COMMANDS = (
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/crm-tui demo",
    "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest",
)


def requirements() -> list[str]:
    """Every requirement of the program and of its extras."""
    extras = PROJECT["optional-dependencies"].values()
    return [*PROJECT["dependencies"], *(one for extra in extras for one in extra)]


def reason(text: str, requirement: str) -> str:
    """Return the comment beside or above a requirement; empty where there is none."""
    lines = text.splitlines()
    number = next(n for n, line in enumerate(lines) if f'"{requirement}"' in line)
    beside = lines[number].rpartition('"')[2].partition("#")[2]
    above = lines[number - 1].strip()
    return (beside or above.removeprefix("#") * above.startswith("#")).strip()


def plain_name(requirement: str) -> str:
    """Return the name that an index knows a requirement by."""
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


class TestDependencies:
    """Nothing is depended upon without a reason, and what was tried is known exactly."""

    @pytest.mark.parametrize("requirement", requirements())
    def test_each_says_why(self, requirement: str) -> None:
        assert len(reason(PYPROJECT, requirement).split()) >= 2

    def test_a_missing_reason_is_noticed(self) -> None:
        text = '[\n    # For a reason.\n    "a>=1",\n    "b>=2",\n    "c>=3",  # for c\n]'
        assert [reason(text, name) for name in ("a>=1", "b>=2", "c>=3")] == [
            "For a reason.",
            "",
            "for c",
        ]

    @pytest.mark.parametrize(
        "requirement", [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
    )
    def test_each_has_its_pin(self, requirement: str) -> None:
        pins = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
        pinned = {plain_name(pin) for pin in pins if "==" in pin}
        assert plain_name(requirement) in pinned


class TestVersion:
    """There is one version, in one place."""

    def test_the_installed_one_is_that_of_the_package(self) -> None:
        assert version("crm-tui") == crm_tui.__version__

    def test_it_is_not_written_twice(self) -> None:
        assert "version" in PROJECT["dynamic"]
        assert "version" not in PROJECT


class TestReadme:
    """The two commands that a newcomer copies, each alone in its block."""

    @pytest.mark.parametrize("command", README_COMMANDS)
    def test_command_stands_alone(self, command: str) -> None:
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        assert f"\n```sh\n{command}\n```\n" in readme
