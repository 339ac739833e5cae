"""Every real national name and code is found by what it is made of."""

import csv
from pathlib import Path

import pytest

from pricecompare.calc.folding import folded
from pricecompare.calc.lexicon import Lexicon
from pricecompare.calc.pinyin import spellings
from tests.test_lexicon import entry, found

NAMES = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "cn" / "nhsa_codes_names.csv"


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
        named = {drug_id for drug_id, matched in found(lexicon, gram) if matched == "name"}
        assert named == drug_ids, gram


def test_every_real_name_is_found_by_one_character_by_its_initials_and_by_its_pinyin(real):
    entries, lexicon = real
    for one in {one.name: one for one in entries}.values():
        way = spellings(folded(one.name))[0]
        for query in (folded(one.name)[0], "".join(syllable[0] for syllable in way), "".join(way)[:64]):
            assert one.drug_id in {drug_id for drug_id, _ in found(lexicon, query)}, query


def test_every_real_code_is_found_first(real):
    entries, lexicon = real
    assert [found(lexicon, one.code)[0] for one in entries[::97]] == [(one.drug_id, "code") for one in entries[::97]]


def test_a_name_with_one_wrong_character_is_found(real):
    entries, lexicon = real
    names = sorted({one.name for one in entries if len(folded(one.name)) >= 4})
    missed = []
    for at, name in enumerate(names):
        text = folded(name)
        place = at % len(text)
        wrong = text[:place] + "囍" + text[place + 1 :]
        if text not in map(folded, lexicon.close_names(wrong, limit=20)):
            missed.append(wrong)
    assert missed == []
