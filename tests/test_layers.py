"""The shape of the code: imports run one way, each library has its place, files and functions stay small."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "pricecompare"
FILES = sorted(PACKAGE.rglob("*.py"))
EVERY_FILE = sorted([*FILES, *ROOT.glob("*.py"), *ROOT.glob("tests/**/*.py"), *ROOT.glob("benchmarks/**/*.py")])

LAYERS = ("texts", "errors", "models", "calc", "schemas", "files", "world", "store", "services", "web", "cli")
"""Each may import itself and what stands before it."""

HOMES = {
    "web": {"flask", "flask_smorest", "werkzeug", "jinja2", "webargs", "apispec"},
    "store": {"sqlite3", "sqlite_utils", "psycopg", "psycopg_pool"},
}
"""Libraries that one layer alone knows."""

OUTSIDE_CALC = {"os", "io", "pathlib", "time", "random", "secrets", "logging", "socket", "subprocess", "tempfile"}
"""Modules by which a calculation would learn of files, the clock, chance or settings."""

LONGEST_FILE, LONGEST_FUNCTION = 250, 25

SQL = re.compile(
    r"\bselect\b.+\bfrom\b|\binsert\s+(or\s+\w+\s+)?into\b|\bdelete\s+from\b|\bupdate\s+\S+\s+set\b"
    r"|\b(create|drop|alter)\s+(table|index|view)\b|\bpragma\s+\w+",
    re.IGNORECASE | re.DOTALL,
)


@cache
def tree(path: Path) -> ast.Module:
    """Return a file as Python reads it."""
    return ast.parse(path.read_text("utf-8"), str(path))


def module(path: Path) -> str:
    """Return the dotted name of a file of the package."""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module(path): path for path in FILES}


def layer(name: str) -> str:
    """Return the layer of a module of the package; the package itself belongs to none."""
    return (name.split(".") + [""])[1]


def imports(source: ast.AST, *, package: str = "pricecompare") -> Iterator[str]:
    """Yield all that `source` imports, anywhere in it, by full name; `package` is where relative imports start."""
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            start = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{start}.{alias.name}" for alias in node.names)


def imported(path: Path) -> set[str]:
    """Return what a file of the package imports: full names, of our own only those that are modules."""
    package = module(path) if path.name == "__init__.py" else module(path).rpartition(".")[0]
    names = set(imports(tree(path), package=package))
    return {name if name in MODULES or not ours(name) else name.rpartition(".")[0] for name in names}


def ours(name: str) -> bool:
    """Say whether a full name belongs to the package."""
    return name.split(".")[0] == "pricecompare"


@pytest.mark.parametrize(
    ("source", "package", "names"),
    [
        ("import flask.views", "", {"flask.views"}),
        ("def f():\n    from pricecompare.store import Store", "", {"pricecompare.store.Store"}),
        ("if x:\n    from pricecompare import web, calc", "", {"pricecompare.web", "pricecompare.calc"}),
        ("from . import flags", "pricecompare.calc", {"pricecompare.calc.flags"}),
        ("from ..store.sql import queries", "pricecompare.calc", {"pricecompare.store.sql.queries"}),
    ],
    ids=["plain", "inside a function", "under a condition", "relative", "relative, one up"],
)
def test_every_way_to_import_is_seen(source, package, names):
    assert set(imports(ast.parse(source), package=package)) == names


def test_every_module_has_a_layer():
    assert {layer(name) for name in MODULES} <= {"", *LAYERS}


def test_imports_run_one_way():
    assert [
        f"{name} imports {other}"
        for name, path in MODULES.items()
        for other in sorted(imported(path))
        if ours(other) and layer(other) and ranks(layer(name)) < ranks(layer(other))
    ] == []


def ranks(layer_name: str) -> int:
    """Return how far from the ground a layer stands; the package's own `__init__` stands below all."""
    return LAYERS.index(layer_name) if layer_name else -1


def test_no_circle_within_a_layer():
    TopologicalSorter({name: {*filter(ours, imported(path))} - {name} for name, path in MODULES.items()}).prepare()


@pytest.mark.parametrize(("home", "libraries"), HOMES.items(), ids=HOMES)
def test_a_library_is_known_to_one_layer(home, libraries):
    assert [
        f"{name} imports {other}"
        for name, path in MODULES.items()
        for other in sorted(imported(path))
        if layer(name) != home and other.split(".")[0] in libraries
    ] == []


def test_calculations_reach_for_nothing():
    assert [
        f"{name} imports {other}"
        for name, path in MODULES.items()
        for other in sorted(imported(path))
        if layer(name) == "calc" and other.split(".")[0] in OUTSIDE_CALC
    ] == []


def test_the_clock_and_the_settings_come_in_at_the_edge():
    edge = {"pricecompare.services.desk"}
    assert [
        f"{name}:{line} {text}"
        for name, path in MODULES.items()
        for line, text in surroundings(tree(path))
        if name not in edge and layer(name) not in {"web", "cli"}
    ] == []


def surroundings(source: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of each look at the clock or at the environment."""
    for node in ast.walk(source):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            text = f"{node.value.id}.{node.attr}"
            if text in {"datetime.now", "date.today", "datetime.today", "time.time", "os.environ", "os.getenv"}:
                yield node.lineno, text


def test_a_look_at_the_clock_is_seen():
    assert list(surroundings(ast.parse("x = 1\ny = datetime.now(UTC)"))) == [(2, "datetime.now")]


def strings(source: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of every string that is not a docstring; an f-string is one, with … for each value."""
    spoken = {id(node.value) for node in ast.walk(source) if isinstance(node, ast.Expr)}
    for node in ast.walk(source):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(part.value if is_text(part) else "…" for part in node.values)
        elif is_text(node) and id(node) not in spoken:
            yield node.lineno, node.value


def is_text(node: ast.AST) -> bool:
    """Say whether a node is a string written out."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_an_f_string_is_read_as_one():
    assert list(strings(ast.parse('"""Doc."""\nf"SELECT {a} FROM {b}"')))[0] == (2, "SELECT … FROM …")


@pytest.mark.parametrize(
    ("text", "is_sql"),
    [
        ("SELECT name\nFROM drug", True),
        ("insert or replace into offer values", True),
        ("UPDATE offer SET fen = 1", True),
        ("PRAGMA user_version", True),
        ("select a file", False),
        ("The update of 3 prices is set for tomorrow.", False),
    ],
)
def test_sql_is_told_from_sentences(text, is_sql):
    assert bool(SQL.search(text)) == is_sql


def test_sql_is_written_in_the_store_only():
    assert [
        f"{name}:{line} {text[:60]!r}"
        for name, path in MODULES.items()
        for line, text in strings(tree(path))
        if layer(name) != "store" and SQL.search(text)
    ] == []


def test_files_stay_short():
    lengths = {path.relative_to(ROOT): path.read_text("utf-8").count("\n") for path in EVERY_FILE}
    assert {str(path): length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_stay_short():
    assert [
        f"{path.relative_to(ROOT)}:{line} {name} has {length} lines of code"
        for path in FILES
        for line, name, length in functions(path.read_text("utf-8"))
        if length > LONGEST_FUNCTION
    ] == []


def functions(text: str) -> Iterator[tuple[int, str, int]]:
    """Yield (line, name, lines of code) of each function; docstring, comments and empty lines are not code."""
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            spoken = range(first.lineno, first.end_lineno + 1) if ast.get_docstring(node) is not None else ()
            code = [number for number in range(node.lineno, node.end_lineno + 1) if number not in spoken]
            yield node.lineno, node.name, sum(is_code(lines[number - 1]) for number in code)


def is_code(line: str) -> bool:
    """Say whether a line holds more than a comment."""
    return bool(line.strip()) and not line.strip().startswith("#")


def test_lines_of_code_are_counted_without_words_about_them():
    text = (
        '@wrapped\ndef f(\n    a,\n):\n    """Say it.\n\n    At length.\n    """\n    # for a reason\n\n    return a\n'
    )
    assert list(functions(text)) == [(2, "f", 4)]


def test_the_contributors_guide_names_files_that_exist():
    named = set(re.findall(r"`([\w/]+\.(?:py|toml|sql))`", (ROOT / "CONTRIBUTING.md").read_text("utf-8")))
    assert {name for name in named if not (ROOT / name).exists() and not (PACKAGE / name).exists()} == set()
