import csv
from pathlib import Path

import pytest

from pricecompare.calc.lexicon import Entry, Lexicon, Match, folded
from pricecompare.calc.pinyin import spellings
from pricecompare.errors import Invalid

NAMES = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "cn" / "nhsa_codes_names.csv"


def entry(drug_id, name, brand="", maker="", *, code="", approval_no="", standard_code="", barcode=""):
    return Entry(drug_id, code, name, brand, maker, approval_no, standard_code, barcode)


CATALOGUE = [
    entry(1, "阿莫西林胶囊", "阿莫仙", "珠海联邦制药", code="XJ01CAA040E001010202699", approval_no="国药准字H44021518"),
    entry(2, "阿莫西林", "", "华北制药", code="XJ01CAA040A001010102699", standard_code="86900594000342"),
    entry(3, "阿莫西林克拉维酸钾片", "", "华北制药", code="XJ01CRA041A001010102699"),
    entry(4, "复方阿莫西林片", "", "珠海联邦制药", code="XJ01CRA042A001010102699", barcode="6901234567892"),
    entry(5, "阿托伐他汀钙片", "立普妥", "辉瑞制药", code="XC10AAA001A001010100001", barcode="0036000291452"),
    entry(6, "注射用血栓通（冻干）", "", "梧州制药", code="ZA12HAZ0100010100001"),
    entry(7, "参苓白术散", "白云山", "中一药业", code="ZA09AAC0100010100001"),
    entry(8, "0.9%氯化钠注射液", "", "石四药", code="XB05XAL001B002010100001"),
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
    ],
)
def test_a_query_finds(query, matched, drug_ids):
    found = LEXICON.matches(query)
    assert ([match.drug_id for match in found], found[0].matched) == (drug_ids, matched)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("XJ0", id="three characters of a code"),
        pytest.param("国药准字H4402", id="part of an approval number"),
        pytest.param("国药准字", id="no approval number at all"),
        pytest.param("690123456789", id="part of a barcode"),
        pytest.param("00000", id="zeros only"),
        pytest.param("华北制药", id="a maker alone"),
        pytest.param("华北 制药", id="makers alone"),
        pytest.param("阿莫西林 注射液", id="one word missing"),
        pytest.param("oxilin", id="from within a syllable"),
        pytest.param("canling", id="the everyday reading"),
    ],
)
def test_a_query_finds_nothing(query):
    assert len(LEXICON.matches(query)) == 0


@pytest.mark.parametrize(
    ("query", "code"),
    [("", "empty_query"), (" 　\n", "empty_query"), ("（-%。）", "empty_query"), ("阿" * 65, "query_too_long")],
)
def test_what_cannot_be_searched_is_refused(query, code):
    for search in (LEXICON.matches, LEXICON.close_names):
        with pytest.raises(Invalid) as error:
            search(query)
        assert error.value.code == code


def test_the_longest_query_is_searched_also_where_it_grows_when_folded():
    assert list(LEXICON.matches("阿" * 64)) == list(LEXICON.matches("㎯" * 64)) == []


def test_matches_can_be_paged_and_picked():
    found = LEXICON.matches("阿莫西林")
    assert (len(found), bool(found), bool(LEXICON.matches("无此药"))) == (4, True, False)
    assert (found[1:3], found[-1]) == ([Match(1, "name"), Match(3, "name")], Match(4, "name"))


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
    assert (list(Lexicon([]).matches("阿")), Lexicon([]).close_names("阿莫西林")) == ([], [])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("wei sheng", ["卫生栓", "Wei1Sheng"], id="found whole before found apart"),
        pytest.param("an", ["阿那", "安宁片", "阿那曲唑", "安", "氨片", "氨水片", "巴氨", "抗安"], id="initials first"),
        pytest.param("氨", ["氨片", "氨水片", "巴氨"], id="beginning before inside"),
        pytest.param("唑 曲", ["阿那曲唑"], id="words in any order"),
    ],
)
def test_the_best_come_first(query, names):
    catalogue = ["抗安", "安宁片", "阿那曲唑", "卫生栓", "安", "Wei1Sheng", "巴氨", "阿那", "氨水片", "氨片"]
    lexicon = Lexicon([entry(number, name) for number, name in enumerate(catalogue)])
    assert [catalogue[match.drug_id] for match in lexicon.matches(query)] == names


def test_a_hit_far_into_a_name_is_still_by_name():
    assert Lexicon([entry(1, "甲" * 700 + "乙")]).matches("乙")[:] == [Match(1, "name")]


def test_a_name_is_suggested_as_its_first_code_writes_it():
    lexicon = Lexicon(
        [entry(1, "阿莫 西林", code="B"), entry(2, "阿莫西林", code="A"), entry(3, "(阿莫西林)", code="C")]
    )
    assert lexicon.close_names("阿莫西淋") == ["阿莫西林"]


@pytest.fixture(scope="module")
def real():
    if not NAMES.exists():
        pytest.skip(f"{NAMES.name} is absent: put the folder `shared` with the real data beside the checkout")
    with NAMES.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    entries = [entry(number, row["generic_name"], code=row["nhsa_code"]) for number, row in enumerate(rows)]
    return entries, Lexicon(entries)


def test_every_real_name_is_found_by_any_two_characters_of_it(real):
    entries, lexicon = real
    grams = {}
    for one in entries:
        text = folded(one.name)
        for start in range(len(text) - 1):
            grams.setdefault(text[start : start + 2], set()).add(one.drug_id)
    for gram, drug_ids in grams.items():
        named = {match.drug_id for match in lexicon.matches(gram) if match.matched == "name"}
        assert named == drug_ids, gram


def test_every_real_name_is_found_by_one_character_by_its_initials_and_by_its_pinyin(real):
    entries, lexicon = real
    for one in {one.name: one for one in entries}.values():
        way = spellings(folded(one.name))[0]
        for query in (folded(one.name)[0], "".join(syllable[0] for syllable in way), "".join(way)[:64]):
            assert one.drug_id in {match.drug_id for match in lexicon.matches(query)}, query


def test_every_real_code_is_found_first(real):
    entries, lexicon = real
    assert [lexicon.matches(one.code)[0] for one in entries[::97]] == [
        Match(one.drug_id, "code") for one in entries[::97]
    ]
