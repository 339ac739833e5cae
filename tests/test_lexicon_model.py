"""A plain model beside the fast search: every entry is looked at, every place in every text."""

from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.lexicon import Entry, Lexicon, Match, folded
from pricecompare.calc.pinyin import spellings

LABELS = ["code", "approval_no", "standard_code", "barcode", "code", *["name"] * 3, *["brand"] * 3, *["pinyin"] * 6]


def ranks_in(units, word, tier):
    for place in range(len(units)):
        rest = "".join(units[place:])
        if rest.startswith(word):
            yield (tier + (2 if place else 0 if rest == word else 1)) * 64 + min(place, 63)


def text_ranks(one, word):
    for text, tier in ((folded(one.name), 5), (folded(one.brand), 8)):
        yield from ranks_in(text, word, tier)
        for way in spellings(text):
            yield from ranks_in([syllable[0] for syllable in way], word, 11)
            yield from ranks_in(way, word, 14)


def whole_ranks(one, word):
    for tier, (given_code, wanted) in enumerate(
        [
            (folded(one.code), word),
            (folded(one.approval_no).removeprefix("国药准字"), word.removeprefix("国药准字")),
            (folded(one.standard_code), word),
            (folded(one.barcode).lstrip("0"), word.lstrip("0")),
        ]
    ):
        if given_code and given_code == wanted:
            yield tier * 64
    if len(word) >= 4 and folded(one.code).startswith(word):
        yield 4 * 64
    yield from text_ranks(one, word)


def model_rank(one, words):
    whole = min(whole_ranks(one, "".join(words)), default=None)
    if whole is not None:
        return whole, whole
    each = [min([*text_ranks(one, word), *ranks_in(folded(one.maker), word, 17)], default=None) for word in words]
    if len(words) > 1 and None not in each and min(each) < 17 * 64:
        return 10_000 + sum(each), min(each)
    return None


def model(entries, query):
    words = [folded(word) for word in query.split() if folded(word)]
    ranked = [(rank, one) for one in entries if (rank := model_rank(one, words))]
    ranked.sort(key=lambda pair: (pair[0][0], len(folded(pair[1].name)), folded(pair[1].name), pair[1].code))
    return [Match(one.drug_id, LABELS[best // 64]) for (_, best), one in ranked]


pieces = st.sampled_from(["阿莫", "西林", "参", "枳壳", "片", "a", "m", "xi", "C", "（1）", "0"])
texts = st.lists(pieces, max_size=5).map("".join)
codes = st.sampled_from(["", "XJ01A1", "XJ01A2", "ZA01B1", "am01", "00123", "123", "国药准字H1", "H1", "阿莫"])
entries = st.tuples(st.just(0), codes, texts, texts, texts, codes, codes, codes).map(Entry._make)
catalogues = st.lists(entries, max_size=8)
sounds = st.sampled_from(["zq", "zhik", "ln", "lin", "xil"])
queries = st.lists(texts | codes | sounds, min_size=1, max_size=3).map(" ".join)


@given(catalogues, queries.filter(lambda query: folded(query) and len(query) <= 64))
def test_what_is_found_agrees_with_a_plain_scan(catalogue, query):
    numbered = [one._replace(drug_id=number) for number, one in enumerate(catalogue)]
    assert list(Lexicon(numbered).matches(query)) == model(numbered, query)
