"""Every error a person may read exists in both languages, is complete, and is really raised somewhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import pricecompare
from pricecompare import errors
from pricecompare.texts import TEXTS

PACKAGE = Path(pricecompare.__file__).parent
TREES = {
    path.relative_to(PACKAGE): ast.parse(path.read_text("utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name != "texts.py"
}
FAMILY = {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.PriceCompareError)
}
TAKEN_BY_THE_ERROR = {"field", "suggestions"}


def raised(source: ast.AST) -> Iterator[tuple[int, str, set[str] | None]]:
    """Yield (line, code, names given) wherever an error or a reason is made; None when names come from a mapping."""
    for node in ast.walk(source):
        if isinstance(node, ast.Call) and makes_a_reason(node.func) and node.args:
            names = {keyword.arg for keyword in node.keywords}
            for code in codes(node.args[0]):
                yield node.lineno, code, None if None in names else names - TAKEN_BY_THE_ERROR


def makes_a_reason(function: ast.expr) -> bool:
    """Say whether a call of `function` makes an error of ours or a `Reason`."""
    return ast.unparse(function).removeprefix("errors.") in FAMILY | {"Reason.of"}


def codes(first: ast.expr) -> Iterator[str]:
    """Yield the codes written out as a first argument: one, or the two of a condition."""
    if isinstance(first, ast.IfExp):
        yield from codes(first.body)
        yield from codes(first.orelse)
    elif isinstance(first, ast.Constant) and isinstance(first.value, str):
        yield first.value


def words(source: ast.AST) -> Iterator[str]:
    """Yield every string of a module that is not a docstring."""
    spoken = {id(node.value) for node in ast.walk(source) if isinstance(node, ast.Expr)}
    for node in ast.walk(source):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
            yield node.value


def placeholders(*sentences: str) -> set[str]:
    """Return the names that sentences want values for."""
    return {name for sentence in sentences for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def spoken_of(sentence: str) -> set[str]:
    """Return what the values of a sentence are, whatever the language of a name: area for area and area_zh."""
    return {name.removesuffix("_zh").removesuffix("_en") for name in placeholders(sentence)}


MADE = [(f"{path}:{line}", code, names) for path, source in TREES.items() for line, code, names in raised(source)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise Invalid("bad_price", value=x)', [(1, "bad_price", {"value"})]),
        ('raise errors.NotFound("unknown_drug", field="drug", value=x)', [(1, "unknown_drug", {"value"})]),
        ('Reason.of("a" if x else "b", **values)', [(1, "a", None), (1, "b", None)]),
        ("raise Invalid(rule.bad, value=x)", []),
        ('raise ValueError("bad_price")', []),
    ],
    ids=["raised", "by its module", "one of two", "code from elsewhere", "not ours"],
)
def test_every_way_to_raise_is_seen(source, found):
    assert list(raised(ast.parse(source))) == found


def test_every_code_that_is_raised_has_its_texts():
    assert [f"{place} {code}" for place, code, _ in MADE if code not in TEXTS] == []


def test_every_error_gives_the_values_its_texts_want():
    assert [
        f"{place} {code} lacks {sorted(lacking)}"
        for place, code, names in MADE
        if names is not None and (lacking := placeholders(*TEXTS.get(code, ())) - names)
    ] == []


def test_every_text_is_used():
    used = {word for source in TREES.values() for word in words(source)}
    assert sorted(TEXTS.keys() - used) == []


def test_codes_are_plain_words():
    assert [code for code in TEXTS if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", code)] == []


def test_both_languages_want_the_same_values():
    assert [code for code, (english, chinese) in TEXTS.items() if spoken_of(english) != spoken_of(chinese)] == []


def test_each_sentence_is_in_its_language():
    han = re.compile(r"[\u4e00-\u9fff]")
    assert [code for code, (_, chinese) in TEXTS.items() if not han.search(chinese)] == []
    assert [code for code, (english, _) in TEXTS.items() if re.search(r"[，。：；？（）]", english)] == []


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_reason_can_be_said(code):
    values = dict.fromkeys(placeholders(*TEXTS[code]), 7)
    reason = errors.Reason.of(code, **values)
    assert not re.search(r"\{\w+(![rs])?(:\w*)?\}", reason.en + reason.zh)
