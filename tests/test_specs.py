"""Specifications: a table read by hand, the published rows, and texts nobody wrote."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.amounts import Amount
from pricecompare.calc.specs import Spec, spec
from pricecompare.errors import Invalid
from tests.conftest import SHARED
from tests.spec_table import READ, UNREAD, rows

ROWS = SHARED / "data" / "cn" / "nhsa_drug_rows_sample.csv"
needs_rows = pytest.mark.skipif(not ROWS.is_file(), reason="no published drug rows: ../shared/data/cn is absent")


def read_out(one: Amount) -> str:
    return f"{one.value.normalize():f}{one.unit}{one.of}"


def told(this: Spec) -> str:
    """Return a specification as the table writes it."""
    parts = ["+".join(map(read_out, this.content)) + "?" * this.bare] if this.content else []
    parts += [f"in {read_out(this.fill)}"] if this.fill else []
    parts += [f"also {read_out(one)}" for one in this.also] + [f"[{note}]" for note in this.notes]
    parts += [f"{this.doses} doses"] if this.doses else []
    parts += [f"×{this.units}{this.unit}"] if this.units else [f"of {this.unit}"] if this.unit else []
    return " ".join(parts)


@pytest.mark.parametrize(("text", "form", "reading"), rows(READ))
def test_a_specification_is_read_as_a_person_reads_it(text, form, reading):
    assert told(spec(text, form=form)) == reading


@pytest.mark.parametrize(("text", "form", "code"), rows(UNREAD))
def test_what_can_be_doubted_is_not_read(text, form, code):
    with pytest.raises(Invalid) as refused:
        spec(text, form=form)
    assert refused.value.code == code


@needs_rows
def test_every_shape_of_the_published_rows_stands_in_the_table():
    with ROWS.open(encoding="utf-8") as file:
        published = {row["registeredoutlook"] for row in csv.DictReader(file)}
    assert published <= {text for text, _, _ in (*rows(READ), *rows(UNREAD))}


@needs_rows
def test_published_rows_agree_with_their_own_columns():
    """Six of the 37 rows are not read; none that is read says another unit or count than its columns."""
    unread = []
    with ROWS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            try:
                found = spec(row["registeredoutlook"], form=row["registeredmedicinemodel"])
            except Invalid as error:
                unread.append((row["registeredoutlook"], error.code))
                continue
            assert found.unit in ("", row["minunit"])
            assert found.units in (None, int(row["factor"]))
    assert sorted(unread) == [
        ("复方", "spec_empty"),
        ("复方", "spec_empty"),
        ("每毫升含葡萄糖酸氯己定1.2mg和甲硝唑0.2mg", "spec_unclear"),
        ("每毫升含葡萄酸氯己定1.2mg和甲硝唑0.2mg", "spec_unclear"),
        ("每片(10cm2)含硫酸庆大霉素1000单位", "spec_unclear"),
        ("每片(10cm2)含硫酸庆大霉素500单位", "spec_unclear"),
    ]


NUMBERS = st.decimals(min_value="0.01", max_value=999, places=2).map(lambda number: f"{number.normalize():f}")
TIMES = st.sampled_from([" × ", "*", "x", "X", "＊", "×"])


UNITS = st.sampled_from(["mg", "g", "IU", "ml"])


@given(number=NUMBERS, unit=UNITS, sheet=st.integers(1, 30), sheets=st.integers(1, 9), times=TIMES)
def test_every_spelling_of_a_pack_is_the_same_pack(number, unit, sheet, sheets, times):
    flat = spec(f"{number}{unit}×{sheet * sheets}片")
    assert spec(f"{number}{unit}{times}{sheet}片/板{times}{sheets}板/盒") == flat
    assert spec(f"{number} {unit}{times}{sheet}片{times}{sheets}板") == flat
    assert flat.strength == spec(f"{number}{unit}")


ALPHABET = "0123456789.:/×*x+-~()（）,、mgluIU%克片粒袋装每重含板盒万单位支 以计"


@given(text=st.text(ALPHABET, max_size=24))
def test_any_text_is_read_or_refused_and_what_is_read_is_above_zero(text):
    try:
        found = spec(text)
    except Invalid as error:
        assert error.code.startswith("spec_")
        return
    amounts = (*found.content, *found.also, *((found.fill,) if found.fill else ()))
    assert amounts and all(one.value > 0 for one in amounts)
    assert found.units is None or found.units > 0
