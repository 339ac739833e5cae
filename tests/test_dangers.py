"""What must not exist anywhere: code made of input, objects made of input, statements made of strings."""

import ast

import pytest

from tests.test_layers import MODULES, SQL, imported, layer, strings, tree

CODE_MAKERS = {"eval", "exec", "compile", "__import__"}
OBJECT_MAKERS = {
    "pickle",
    "_pickle",
    "cPickle",
    "marshal",
    "shelve",
    "dill",
    "cloudpickle",
    "joblib",
    "yaml",
    "jsonpickle",
}
RUNNERS = {"execute", "executemany", "executescript"}


def called(source: ast.AST):
    """Yield (line, call) of each call of a plain name."""
    for node in ast.walk(source):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.lineno, node.func.id


def shells(source: ast.AST):
    """Yield the line of each call that hands a text to a shell."""
    for node in ast.walk(source):
        if isinstance(node, ast.Call):
            by_name = ast.unparse(node.func) in {"os.system", "os.popen", "subprocess.getoutput"}
            if by_name or any(word.arg == "shell" for word in node.keywords):
                yield node.lineno


def built(source: ast.AST):
    """Yield (line, text) of each statement that is put together: an f-string, or a string with +, % or format."""
    for line, text in strings(source):
        if "…" in text and SQL.search(text):
            yield line, text
    for node in ast.walk(source):
        joined = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod)
        formatted = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
        if (joined or formatted) and any(SQL.search(text) for _, text in strings(ast.Module([ast.Expr(node)], []))):
            yield node.lineno, ast.unparse(node)


@pytest.mark.parametrize(
    ("source", "finder"),
    [
        ("x = eval(text)", lambda tree: [name for _, name in called(tree) if name in CODE_MAKERS]),
        ("subprocess.run(line, shell=True)", shells),
        ("os.system(line)", shells),
        ("db.execute(f'SELECT * FROM {table}')", built),
        ("db.execute('SELECT a FROM ' + table)", built),
        ("db.execute('DELETE FROM %s' % table)", built),
        ("db.execute('DELETE FROM {}'.format(table))", built),
    ],
)
def test_each_danger_is_seen(source, finder):
    assert list(finder(ast.parse(source)))


def test_no_input_becomes_code():
    assert [
        f"{name}:{line} {call}"
        for name, path in MODULES.items()
        for line, call in called(tree(path))
        if call in CODE_MAKERS
    ] == []


def test_no_input_becomes_an_object():
    assert [
        f"{name} imports {other}"
        for name, path in MODULES.items()
        for other in imported(path)
        if other.split(".")[0] in OBJECT_MAKERS
    ] == []


def test_no_input_reaches_a_shell():
    assert [f"{name}:{line}" for name, path in MODULES.items() for line in shells(tree(path))] == []


OF_WHOLE_DATABASES = {f"pricecompare.store.{name}" for name in ("postgres_copies", "postgres_upkeep", "sqlite_upkeep")}
"""They copy and upgrade databases: the tables they name stand in `schema.sql` or in the database's own catalogue."""


def test_no_statement_is_put_together():
    """The one that is names a table and its columns, which come from the code itself: see the next tests."""
    found = [(name, text) for name, path in MODULES.items() for _, text in built(tree(path))]
    assert [one for one in found if one[0] not in OF_WHOLE_DATABASES] == [
        ("pricecompare.store.sqlite", "INSERT INTO … (…) VALUES …")
    ]
    assert {name for name, _ in found} >= OF_WHOLE_DATABASES


def test_nothing_that_comes_over_http_copies_or_upgrades_a_database():
    told = {"upgrade", "back_up", "restore", "examined", "set_aside", "copied", "restored"}
    web = {name: path for name, path in MODULES.items() if layer(name) == "web"}
    assert {
        f"{name} calls {call}" for name, path in web.items() for _, call in called(tree(path)) if call in told
    } == set()


def test_tables_that_are_loaded_are_named_in_the_code():
    loads = [
        node
        for name, path in MODULES.items()
        for node in ast.walk(tree(path))
        if layer(name) == "store" and isinstance(node, ast.Call) and ast.unparse(node.func).endswith("engine.load")
    ]
    assert loads
    assert [ast.unparse(load) for load in loads if not isinstance(load.args[0], ast.Constant)] == []


def test_statements_run_in_the_store_only():
    """Elsewhere there is no connection to run one on."""
    assert [
        f"{name}:{node.lineno}"
        for name, path in MODULES.items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in RUNNERS and layer(name) != "store"
    ] == []
