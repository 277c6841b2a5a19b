"""The architecture is a test: contracts and rules hold, and each is seen to catch a violation.

A contract that cannot fail protects nothing, so every pair of modules that a contract keeps apart
is joined by a planted import in a copy of the package, and import-linter must name it.
"""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.rules import (
    LONGEST_FILE,
    RULES,
    Module,
    Rule,
    app_reaches,
    broad_except,
    dataclasses_beside_structs,
    evaluation,
    hidden_imports,
    long_file,
    markup,
    package_modules,
    pickling,
    shell,
    type_only_imports,
    unverified_tls,
)

ROOT = Path(__file__).parent.parent
PYPROJECT = ROOT / "pyproject.toml"
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

CONTRACTS: list[dict[str, Any]] = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]

LEFT_OUT = {
    "the sandbox shares no code with the client": set[str](),
    "only cli starts the sandbox": {"crm_tui.__main__", "crm_tui.cli"},
}
"""Contracts that must speak of every part of the package, and the parts they leave out on purpose."""


def lint_imports(folder: Path) -> str:
    """Run import-linter on the package in *folder* with the configuration there."""
    result = subprocess.run(
        [LINT_IMPORTS, "--no-logo", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return result.stdout + result.stderr


def copy_package(folder: Path) -> None:
    """Copy the package and the contracts, to be spoilt."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "crm_tui", folder / "crm_tui", ignore=ignored)
    shutil.copy(PYPROJECT, folder)


def kept_apart(contract: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the pairs of modules of which a contract forbids the first to import the second."""
    if contract["type"] == "forbidden":
        return [
            (source, forbidden)
            for source in contract["source_modules"]
            for forbidden in contract["forbidden_modules"]
        ]
    assert contract["type"] == "layers", "a new kind of contract needs its own planted violation"
    rows = [[name.strip() for name in row.split("|")] for row in contract["layers"]]
    pairs = [pair for row in rows for pair in permutations(row, 2)]
    for number, row in enumerate(rows):
        above = [name for higher in rows[:number] for name in higher]
        pairs += [(low, high) for low in row for high in above]
    return pairs


def plant(folder: Path, source: str, imported: str) -> None:
    """Make the last file of the module *source* import *imported*."""
    path = folder.joinpath(*source.split("."))
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    with files[-1].open("a", encoding="utf-8") as file:
        file.write(f"\nimport {imported}\n")


def parts(package: str = "crm_tui") -> set[str]:
    """Return the modules and packages directly inside *package*."""
    folder = ROOT.joinpath(*package.split("."))
    names = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    names |= {path.parent.name for path in folder.glob("*/__init__.py")}
    return {f"{package}.{name}" for name in names}


def case_id(value: object) -> str | None:
    """Name a case after its contract or its rule."""
    if isinstance(value, dict):
        return str(value["name"]).replace(" ", "-")
    return str(getattr(value, "__name__", "")) or None


class TestContracts:
    """The layers of the package, held by import-linter."""

    def test_all_are_kept(self) -> None:
        said = lint_imports(ROOT)
        assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in said, said

    @pytest.mark.parametrize("contract", CONTRACTS, ids=case_id)
    def test_every_forbidden_import_is_caught(
        self, contract: dict[str, Any], tmp_path: Path
    ) -> None:
        copy_package(tmp_path)
        pairs = kept_apart(contract)
        for source, imported in pairs:
            plant(tmp_path, source, imported)
        said = lint_imports(tmp_path)
        assert f"{contract['name']} BROKEN" in said
        section = said.partition("Broken contracts")[2].partition(f"\n{contract['name']}\n")[2]
        caught = re.findall(r"^(\S+) is not allowed to import (\S+?):$", section, re.MULTILINE)
        assert set(pairs) <= set(caught)

    def test_every_part_has_its_layer(self) -> None:
        (layers,) = (contract["layers"] for contract in CONTRACTS if contract["type"] == "layers")
        placed = {name.strip() for row in layers for name in row.split("|")}
        assert placed == parts() - {"crm_tui.sandbox"}

    @pytest.mark.parametrize("name", sorted(LEFT_OUT))
    def test_no_part_is_forgotten(self, name: str) -> None:
        (contract,) = (contract for contract in CONTRACTS if contract["name"] == name)
        named = {*contract["source_modules"], *contract["forbidden_modules"]}
        assert named | LEFT_OUT[name] == parts()

    def test_ui_is_kept_from_all_of_the_api_but_its_plain_values(self) -> None:
        (contract,) = (each for each in CONTRACTS if each["name"].startswith("ui names only"))
        plain = {"crm_tui.api.errors", "crm_tui.api.pacing"}
        assert set(contract["forbidden_modules"]) == parts("crm_tui.api") - plain
        named = {
            alias.name
            for path in (ROOT / "crm_tui" / "ui").rglob("*.py")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module == "crm_tui.api.pacing"
            for alias in node.names
        }
        assert named <= {"Waiting"}

    @pytest.mark.parametrize(
        "contract",
        [contract for contract in CONTRACTS if " only in " in contract["name"]],
        ids=case_id,
    )
    def test_only_in_means_nowhere_else(self, contract: dict[str, Any]) -> None:
        names = contract["name"].partition(" only in ")[2].split(" and ")
        permitted = {f"crm_tui.{name}" for name in names}
        expected = parts()
        for package in {name.rpartition(".")[0] for name in permitted} - {"crm_tui"}:
            expected = (expected - {package}) | parts(package)
        assert set(contract["source_modules"]) == expected - permitted


PLANTED: list[tuple[Rule, str]] = [
    (unverified_tls, "client(verify=False)"),
    (unverified_tls, "context.verify_mode = ssl.CERT_NONE"),
    (unverified_tls, "from ssl import CERT_NONE\nmode = CERT_NONE"),
    (unverified_tls, "context.check_hostname = False"),
    (shell, "run(command, shell=True)"),
    (shell, "run(command, shell=wanted)"),
    (shell, "os.system('ls')"),
    (markup, "Content.from_markup(name)"),
    (markup, "from rich.text import from_markup"),
    (evaluation, "eval(text)"),
    (evaluation, "def run():\n    exec(text)"),
    (evaluation, "__import__(name)"),
    (pickling, "import pickle"),
    (pickling, "from pickle import loads"),
    (pickling, "def load():\n    import shelve"),
    (broad_except, "try:\n    work()\nexcept:\n    pass"),
    (broad_except, "try:\n    work()\nexcept Exception as error:\n    raise error"),
    (broad_except, "try:\n    work()\nexcept (OSError, builtins.BaseException):\n    pass"),
    (broad_except, "with suppress(Exception):\n    work()"),
    (type_only_imports, "from typing import TYPE_CHECKING"),
    (type_only_imports, "import typing\nif typing.TYPE_CHECKING:\n    import os"),
    (app_reaches, "class A:\n    def f(self):\n        self.app.crm.undo()"),
    (app_reaches, "class A:\n    def f(self):\n        return self.app.crm.snapshot.rows"),
    (hidden_imports, "def f():\n    import json"),
    (hidden_imports, "# start-up\ndef f():\n    x = 1\n    import json"),
    (hidden_imports, "async def f():\n    if x:\n        from json import loads  # because"),
    (long_file, "x = 1\n" * (LONGEST_FILE + 1)),
    (dataclasses_beside_structs, "from dataclasses import replace"),
    (dataclasses_beside_structs, "import dataclasses"),
]

HARMLESS: list[tuple[Rule, str]] = [
    (unverified_tls, "client(verify=True)\nclient(verify=context)"),
    (shell, "run(command, shell=False)\nplatform.release()"),
    (markup, "Content(name)\n# from_markup"),
    (evaluation, "ast.literal_eval(text)\ndatabase.exec(text)\nre.compile(text)"),
    (pickling, "import json\npickle = 'gherkin'"),
    (broad_except, "try:\n    work()\nexcept (OSError, ValueError):\n    pass"),
    (broad_except, "with suppress(OSError):\n    work()"),
    (type_only_imports, "from typing import Any\ntext = 'TYPE_CHECKING'"),
    (app_reaches, "class A:\n    def f(self):\n        self.app.exit()\n        self.crm.a.b()"),
    (hidden_imports, "def f():\n    import json  # start-up: not needed for the first paint"),
    (
        hidden_imports,
        "def f():\n    # Costs 40 ms at start-up,\n    # seldom used.\n    import json",
    ),
    (hidden_imports, "def f():\n    from json import (  # start-up\n        loads,\n    )"),
    (hidden_imports, "import json"),
    (long_file, "x = 1\n" * LONGEST_FILE),
    (dataclasses_beside_structs, "from crm_tui.structs import replace"),
]


class TestRules:
    """The rules of the house, read from the syntax tree."""

    @pytest.mark.parametrize("rule", RULES, ids=case_id)
    def test_the_package_keeps(self, rule: Rule) -> None:
        findings = [found for module in package_modules(ROOT) for found in rule(module)]
        assert not findings, "\n".join(map(str, findings))

    @pytest.mark.parametrize(("rule", "source"), PLANTED)
    def test_a_planted_violation_is_found(self, rule: Rule, source: str) -> None:
        assert list(rule(Module.parse(source)))

    @pytest.mark.parametrize(("rule", "source"), HARMLESS)
    def test_its_neighbour_is_not(self, rule: Rule, source: str) -> None:
        assert not list(rule(Module.parse(source)))

    def test_every_rule_is_proved(self) -> None:
        assert {rule for rule, _ in PLANTED} == set(RULES)

    def test_the_whole_package_is_read(self) -> None:
        read = {module.path for module in package_modules(ROOT)}
        assert {"crm_tui/__init__.py", "crm_tui/cli/main.py", "crm_tui/ui/app.py"} <= read
