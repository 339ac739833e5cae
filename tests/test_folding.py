"""How queries are read: widths, traditional characters, words, quantities, and what scanners send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.folding import asked, folded, scanned
from pricecompare.calc.quantities import in_one_unit
from pricecompare.calc.traditional import SIMPLIFIED
from pricecompare.errors import Invalid


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("注射用 血栓通（冻干）", "注射用血栓通冻干"),
        ("１８ＡＡ－Ⅱ", "18aaii"),
        ("維生素Ｃ膠囊", "维生素c胶囊"),
        ("參苓白朮散", "参苓白术散"),
        ("乾薑 當歸 黃耆 麥門冬", "干姜当归黄耆麦门冬"),
        ("複方甘草片 鹽酸 藥廠", "复方甘草片盐酸药厂"),
        ("菸酸 醣尿 神麴", "烟酸糖尿神曲"),
        ("⼤黄", "大黄"),
        ("ＮÜＪＩＮ", "nvjin"),
        ("α２ａ", "α2a"),
        ("\x00\x07\u200b💊", ""),
    ],
)
def test_texts_are_written_one_way(text, plain):
    assert folded(text) == plain


@given(st.text())
def test_what_is_folded_stays_as_it_is(text):
    assert folded(folded(text)) == folded(text)


def test_each_traditional_character_has_one_simplified_one():
    assert len(SIMPLIFIED) > 2500
    assert all(SIMPLIFIED.get(simple, simple) == simple for simple in SIMPLIFIED.values())


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("阿莫西林0.25g", ("阿莫西林", "0.25g")),
        ("阿莫西林胶囊２５０毫克 24粒", ("阿莫西林胶囊", "250毫克", "24粒")),
        ("amxl0.25g*24粒", ("amxl", "0.25g*24粒")),
        ("维生素B12", ("维生素b12",)),
        ("18AA-Ⅱ", ("18aa-ii",)),
        ("阿莫 ， 西林", ("阿莫", "西林")),
    ],
)
def test_a_quantity_is_a_word(query, words):
    assert asked(query).written == words


@pytest.mark.parametrize(
    ("scan", "read"),
    [
        ("https://example.com/01/06901234567892/10/A1", "06901234567892"),
        ("http://example.cn/t?c=6901234567892", "6901234567892"),
        ("HTTPS://EXAMPLE.COM/6901234567893/036000291452", "036000291452"),
        ("(01)06901234567892(17)301231", "06901234567892"),
        ("]d20106901234567892", "06901234567892"),
        ("6901234567892", "6901234567892"),
        ("https://example.com/about", "https://example.com/about"),
        ("0106901234567893", "0106901234567893"),
        ("阿莫西林", "阿莫西林"),
    ],
)
def test_a_scan_is_read_for_its_code(scan, read):
    assert scanned(scan) == read


@pytest.mark.parametrize("query", ["https://example.com/" + "a" * 60, "阿" * 65, "https://" + "1" * 3000])
def test_what_is_too_long_is_refused(query):
    with pytest.raises(Invalid) as error:
        asked(query)
    assert error.value.code == "query_too_long"


@pytest.mark.parametrize(
    ("written", "brought"),
    [
        ("0.25g", "250mg"),
        ("0.5克", "500mg"),
        ("50μg", "0.05mg"),
        ("100mcg", "0.1mg"),
        ("1l:9g", "1000ml:9000mg"),
        ("10ml:0.1g", "10ml:100mg"),
        ("5%", "5%"),
        ("200万iu", "200万iu"),
        ("2g粒", "2000mg粒"),
    ],
)
def test_quantities_are_brought_to_one_unit(written, brought):
    assert in_one_unit(written) == brought
