"""Rules of the house that no linter knows, read from the syntax tree.

A rule is a function from a module to its findings. `tests/test_architecture.py` holds the whole
package to them, and plants a violation of each to see it found.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

LONGEST_FILE = 400
"""Lines. A longer file has an idea in it that wants a place of its own."""

BROAD_EXCEPT_ALLOWED: frozenset[str] = frozenset()
"""Files in which an `except Exception` stands for the documented edge of the program: none yet."""

START_UP = "start-up"
"""The word in the comment beside an import that waits in a function until it is needed."""


DATACLASSES_ALLOWED = frozenset({"crm_tui/api/delivery.py", "crm_tui/api/exchange.py"})
"""They hide from a traceback what they carry, which a struct cannot; they are imported behind the first paint."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that breaks a rule."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True, slots=True)
class Module:
    """A source file, read once for all rules."""

    path: str
    lines: list[str]
    tree: ast.Module

    @classmethod
    def parse(cls, source: str, path: str = "planted.py") -> "Module":
        """Read a module from its text."""
        return cls(path, source.splitlines(), ast.parse(source))

    def found(self, node: ast.AST, what: str) -> Finding:
        """Say that *node* breaks a rule."""
        return Finding(self.path, getattr(node, "lineno", 1), what)


Rule = Callable[[Module], Iterator[Finding]]


def package_modules(root: Path) -> list[Module]:
    """Read every module of the package below *root*."""
    return [
        Module.parse(path.read_text(encoding="utf-8"), str(path.relative_to(root)))
        for path in sorted((root / "crm_tui").rglob("*.py"))
    ]


def unverified_tls(module: Module) -> Iterator[Finding]:
    """Certificates are always checked."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.keyword) and node.arg == "verify" and _is(node.value, False):
            yield module.found(node.value, "verify=False")
        if _name(node) in ("CERT_NONE", "_create_unverified_context"):
            yield module.found(node, "certificates are not checked")
        if isinstance(node, ast.Assign) and _is(node.value, False):
            for target in node.targets:
                if _name(target) == "check_hostname":
                    yield module.found(node, "host names are not checked")


def shell(module: Module) -> Iterator[Finding]:
    """No text ever reaches a shell."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.keyword) and node.arg == "shell" and not _is(node.value, False):
            yield module.found(node.value, "shell=True")
        if isinstance(node, ast.Attribute) and node.attr in ("system", "popen"):
            yield module.found(node, f"{node.attr}() starts a shell")


def markup(module: Module) -> Iterator[Finding]:
    """Nothing that comes from a record is read as markup."""
    for node in ast.walk(module.tree):
        if _name(node) == "from_markup" or "from_markup" in _imported_names(node):
            yield module.found(node, "from_markup")


def evaluation(module: Module) -> Iterator[Finding]:
    """Text is never run as code."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = node.func.id
            if name in ("eval", "exec", "compile", "__import__"):
                yield module.found(node, f"{name}()")


def pickling(module: Module) -> Iterator[Finding]:
    """What is kept on disk cannot become code when it is read."""
    for node in ast.walk(module.tree):
        for name in _imported_modules(node):
            if name.split(".")[0] in ("pickle", "marshal", "shelve", "dill"):
                yield module.found(node, f"import of {name}")


def broad_except(module: Module) -> Iterator[Finding]:
    """Errors are named; only the edge of the program may catch them all."""
    if module.path in BROAD_EXCEPT_ALLOWED:
        return
    for node in ast.walk(module.tree):
        caught: list[ast.expr | None] = []
        if isinstance(node, ast.ExceptHandler):
            caught += node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        elif isinstance(node, ast.Call) and _name(node.func) == "suppress":
            caught += node.args
        for kind in caught:
            if kind is None or _name(kind) in ("Exception", "BaseException"):
                yield module.found(node, "an error is caught without a name")


def type_only_imports(module: Module) -> Iterator[Finding]:
    """A name that is used is imported; an import that must hide hides a wrong dependency."""
    for node in ast.walk(module.tree):
        if _name(node) == "TYPE_CHECKING" or "TYPE_CHECKING" in _imported_names(node):
            yield module.found(node, "TYPE_CHECKING")


def app_reaches(module: Module) -> Iterator[Finding]:
    """Nobody reaches through the application into what it holds: `self.app.x.y`."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Attribute):
            continue
        held = node.value.value
        if isinstance(held, ast.Attribute) and held.attr == "app" and _is_self(held.value):
            yield module.found(node, f"self.app.{node.value.attr}.{node.attr}")


def hidden_imports(module: Module) -> Iterator[Finding]:
    """An import inside a function says beside it that it is there for the start-up."""
    for function in ast.walk(module.tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom) and not _says_start_up(module, node):
                yield module.found(node, "an import inside a function, without its reason")


def long_file(module: Module) -> Iterator[Finding]:
    """A file is a room, not a hall."""
    if len(module.lines) > LONGEST_FILE:
        yield Finding(module.path, LONGEST_FILE + 1, f"{len(module.lines)} lines")


def dataclasses_beside_structs(module: Module) -> Iterator[Finding]:
    """Values are structs: a dataclass costs a start forty times as much, and its `replace` fails on a struct."""
    if module.path.startswith("crm_tui/sandbox/") or module.path in DATACLASSES_ALLOWED:
        return
    for node in ast.walk(module.tree):
        if (isinstance(node, ast.ImportFrom) and node.module == "dataclasses") or (
            isinstance(node, ast.Import)
            and any(alias.name == "dataclasses" for alias in node.names)
        ):
            yield module.found(node, "a dataclass")


RULES: tuple[Rule, ...] = (
    unverified_tls,
    shell,
    markup,
    evaluation,
    pickling,
    broad_except,
    type_only_imports,
    app_reaches,
    hidden_imports,
    long_file,
    dataclasses_beside_structs,
)


def _is(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _imported_names(node: ast.AST) -> set[str]:
    return {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else set()


def _imported_modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def _says_start_up(module: Module, node: ast.Import | ast.ImportFrom) -> bool:
    above = node.lineno - 2
    while above >= 0 and module.lines[above].lstrip().startswith("#"):
        above -= 1
    beside = module.lines[above + 1 : node.end_lineno]
    return any(START_UP in line.partition("#")[2] for line in beside)
