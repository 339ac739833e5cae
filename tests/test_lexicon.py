import pytest

from pricecompare.calc.entries import Entry
from pricecompare.calc.fields import MATCHED
from pricecompare.calc.lexicon import Lexicon
from pricecompare.errors import Invalid


def entry(drug_id, name, brand="", maker="", *, code="", approval_no="", standard_code="", barcode="", **more):
    return Entry(drug_id, code, name, brand, maker, approval_no, standard_code, barcode, **more)


def found(lexicon, query, **sellers):
    """Return (drug id, matched) of each find."""
    finds = lexicon.finds(query, **sellers)
    pairs = zip(finds.positions.tolist(), finds.fields.tolist(), strict=True)
    return [(lexicon.entries[position].drug_id, MATCHED[field]) for position, field in pairs]


def sound(lexicon, query, **sellers):
    """Return (drug id, matched) of each find that is as it was typed."""
    return [one for one in found(lexicon, query, **sellers) if one[1] != "close"]


CATALOGUE = [
    entry(
        1,
        "阿莫西林胶囊",
        "阿莫仙",
        "珠海联邦制药",
        code="XJ01CAA040E001010202699",
        approval_no="国药准字H44021518",
        form="胶囊剂",
        spec="0.25g",
        pack="24粒",
    ),
    entry(2, "阿莫西林", "", "华北制药", code="XJ01CAA040A001010102699", standard_code="86900594000342"),
    entry(3, "阿莫西林克拉维酸钾片", "", "华北制药", code="XJ01CRA041A001010102699"),
    entry(4, "复方阿莫西林片", "", "珠海联邦制药", code="XJ01CRA042A001010102699", barcode="6901234567892"),
    entry(5, "阿托伐他汀钙片", "立普妥", "辉瑞制药", code="XC10AAA001A001010100001", barcode="0036000291452"),
    entry(6, "注射用血栓通（冻干）", "", "梧州制药", code="ZA12HAZ0100010100001"),
    entry(7, "参苓白术散", "白云山", "中一药业", code="ZA09AAC0100010100001"),
    entry(8, "0.9%氯化钠注射液", "", "石四药", code="XB05XAL001B002010100001", spec="250ml:2.25g"),
    entry(9, "维生素C片", "-", "华中药业", code="XA11GAW001A001010100001"),
    entry(10, "枳壳", "", "", code="ZA00AAA0000010100001"),
]
LEXICON = Lexicon(CATALOGUE)


@pytest.mark.parametrize(
    ("query", "matched", "drug_ids"),
    [
        ("阿莫西林", "name", [2, 1, 3, 4]),
        ("莫西", "name", [2, 1, 3, 4]),
        (" 阿 莫　西 林 ", "name", [2, 1, 3, 4]),
        ("片", "name", [9, 4, 5, 3]),
        ("血栓通(冻干)", "name", [6]),
        ("血栓通冻", "name", [6]),
        ("０.９％氯化钠", "name", [8]),
        ("09", "name", [8]),
        ("维生素c", "name", [9]),
        ("阿莫仙", "brand", [1]),
        ("普妥", "brand", [5]),
        ("amxl", "pinyin", [2, 1, 3, 4]),
        ("AMXLJN", "pinyin", [1]),
        ("lpt", "pinyin", [5]),
        ("slbzs", "pinyin", [7]),
        ("moxilin", "pinyin", [2, 1, 3, 4]),
        ("a mo xi lin jiao", "pinyin", [1]),
        ("shenlingbai", "pinyin", [7]),
        ("lvhuana", "pinyin", [8]),
        ("lühuana", "pinyin", [8]),
        ("zq", "pinyin", [10]),
        ("zk", "pinyin", [10]),
        ("xj01caa040a001010102699", "code", [2]),
        ("XJ01", "code", [2, 1, 4, 3]),
        ("国药准字 H4402 1518", "approval_no", [1]),
        ("h44021518", "approval_no", [1]),
        ("86900594000342", "standard_code", [2]),
        ("6901234567892", "barcode", [4]),
        ("036000291452", "barcode", [5]),
        ("阿莫西林 片", "name", [4, 3]),
        ("华北 阿莫西林", "name", [2, 3]),
        ("amxl 联邦", "pinyin", [1, 4]),
        ("立普妥 辉瑞", "brand", [5]),
        ("阿莫 0.25g", "name", [1]),
        ("阿莫西林250mg", "name", [1]),
        ("amxl jn", "pinyin", [1]),
        ("amxl 24粒 zhuhai", "pinyin", [1]),
        ("阿mo西l", "pinyin", [2, 1, 3, 4]),
        ("amoxl", "pinyin", [2, 1, 3, 4]),
        ("氯化钠 注射液 250毫升", "name", [8]),
        ("華北 阿莫西林", "name", [2, 3]),
        ("參苓白朮散", "name", [7]),
        ("維生素Ｃ", "name", [9]),
        ("批准文号：国药准字H44021518", "approval_no", [1]),
        ("690-1234 567892", "barcode", [4]),
        ("https://example.com/01/06901234567892/10/A1?17=301231", "barcode", [4]),
        ("(01)06901234567892(17)301231(10)A1", "barcode", [4]),
        ("]d20106901234567892", "barcode", [4]),
        ("华北制药", "maker", [2, 3]),
        ("hbzy", "maker", [2, 3]),
        ("华北 制药", "maker", [2, 3]),
        ("胶囊剂", "form", [1]),
        ("24粒", "spec", [1]),
        ("0.25", "spec", [1]),
    ],
)
def test_a_query_finds(query, matched, drug_ids):
    finds = sound(LEXICON, query)
    assert ([drug_id for drug_id, _ in finds], finds[0][1]) == (drug_ids, matched)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("XJ0", id="three characters of a code"),
        pytest.param("国药准字H4402", id="part of an approval number"),
        pytest.param("国药准字", id="no approval number at all"),
        pytest.param("690123456789", id="part of a barcode"),
        pytest.param("00000", id="zeros only"),
        pytest.param("0.5g 阿莫西林", id="another strength"),
        pytest.param("25g 阿莫西林", id="the end of a number"),
        pytest.param("6901234567893", id="a barcode with a wrong check digit"),
        pytest.param("阿莫西林 注射液", id="one word missing"),
        pytest.param("oxilin", id="from within a syllable"),
        pytest.param("canling", id="the everyday reading"),
    ],
)
def test_a_query_finds_nothing_as_it_stands(query):
    assert sound(LEXICON, query) == []


@pytest.mark.parametrize(
    ("query", "code"),
    [("", "empty_query"), (" 　\n", "empty_query"), ("（-%。）", "empty_query"), ("阿" * 65, "query_too_long")],
)
def test_what_cannot_be_searched_is_refused(query, code):
    for search in (LEXICON.finds, LEXICON.close_names):
        with pytest.raises(Invalid) as error:
            search(query)
        assert error.value.code == code


def test_the_longest_query_is_searched_also_where_it_grows_when_folded():
    assert found(LEXICON, "阿" * 64) == found(LEXICON, "㎯" * 64) == []


@pytest.mark.parametrize(
    ("query", "closest"),
    [
        ("阿莫西淋", ["阿莫西林", "阿莫西林胶囊"]),
        ("amxln", ["阿莫西林胶囊", "阿莫西林"]),
        ("amoxilinjaonang", ["阿莫西林胶囊"]),
        ("阿托发他丁", ["阿托伐他汀钙片"]),
        ("注射用血酸通", ["注射用血栓通（冻干）"]),
        ("利普妥", ["立普妥"]),
        ("XJ01CAA040A001010102698", ["XJ01CAA040A001010102699"]),
        ("xj01caa04a0001010102699", ["XJ01CAA040A001010102699"]),
        ("XJ01CAA040A00101010269", ["XJ01CAA040A001010102699"]),
        ("XK99ZZZ999Z999999999999", []),
        ("完全不同", []),
    ],
)
def test_a_miss_has_close_names(query, closest):
    assert LEXICON.close_names(query)[: max(len(closest), 1)] == closest


def test_close_names_are_few_and_different():
    lexicon = Lexicon([entry(number, f"阿莫西林{number % 8}") for number in range(40)])
    assert len(set(lexicon.close_names("阿莫西淋"))) == len(lexicon.close_names("阿莫西淋")) == 5
    assert len(lexicon.close_names("阿莫西淋", limit=2)) == 2


def test_an_empty_catalogue_finds_nothing():
    assert (found(Lexicon([]), "阿莫 西林"), Lexicon([]).close_names("阿莫西林")) == ([], [])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("wei sheng", ["卫生栓", "Wei1Sheng"], id="found whole before found apart"),
        pytest.param(
            "an", ["阿那", "安", "安宁片", "阿那曲唑", "氨片", "氨水片", "巴氨", "抗安"], id="the whole first"
        ),
        pytest.param("氨", ["氨片", "氨水片", "巴氨"], id="beginning before inside"),
        pytest.param("唑 曲", ["阿那曲唑"], id="words in any order"),
    ],
)
def test_the_best_come_first(query, names):
    catalogue = ["抗安", "安宁片", "阿那曲唑", "卫生栓", "安", "Wei1Sheng", "巴氨", "阿那", "氨水片", "氨片"]
    lexicon = Lexicon([entry(number, name) for number, name in enumerate(catalogue)])
    assert [catalogue[drug_id] for drug_id, _ in sound(lexicon, query)] == names


def test_a_hit_far_into_a_name_is_still_by_name():
    assert found(Lexicon([entry(1, "甲" * 700 + "乙")]), "乙") == [(1, "name")]


def test_a_name_is_suggested_as_its_first_code_writes_it():
    lexicon = Lexicon(
        [entry(1, "阿莫 西林", code="B"), entry(2, "阿莫西林", code="A"), entry(3, "(阿莫西林)", code="C")]
    )
    assert lexicon.close_names("阿莫西淋") == ["阿莫西林"]
