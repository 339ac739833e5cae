"""A plain model beside the fast search: every entry is looked at, every place in every text."""

from functools import cache

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.entries import Entry
from pricecompare.calc.fields import MATCHED
from pricecompare.calc.folding import folded
from pricecompare.calc.lexicon import Lexicon
from pricecompare.calc.pinyin import spellings
from tests.test_lexicon import sound

NAME, BRAND, INITIALS, SYLLABLES, MIXED, MAKER, FORM = 4, 5, 6, 7, 8, 9, 11


def ranks_in(units, word, field):
    for place in range(len(units)):
        rest = "".join(units[place:])
        if rest.startswith(word):
            yield (2 if place else 0 if rest == word else 1) * 1024 + field * 64 + min(place, 63)


def pinyin_ranks(text, word, initials, syllables):
    for way in spellings(text):
        yield from ranks_in([syllable[0] for syllable in way], word, initials)
        yield from ranks_in(way, word, syllables)


def eaten(pairs, word):
    """Yield how many (character, syllable) pairs a word uses up, from the first on; 0.5 more for part of a syllable."""
    if not word:
        yield 0
    elif pairs:
        (sign, syllable), *rest = pairs
        for piece in {sign, syllable, syllable[0]}:
            if word.startswith(piece):
                yield from (1 + more for more in eaten(rest, word[len(piece) :]))
        if syllable.startswith(word):
            yield 1


def mixed_ranks(text, word):
    for way in spellings(text):
        pairs = list(zip(text, way, strict=True))
        for place in range(len(pairs)):
            for used in eaten(pairs[place:], word):
                kind = 2 if place else 0 if used == len(pairs) else 1
                yield kind * 1024 + MIXED * 64 + min(place, 63)


def own_ranks(entries, one, word):
    """Return the ranks by name and brand; a mixture counts where no entry has the word in any other way."""
    texts = {folded(text) for other in entries for text in (other.name, other.brand)}
    pure = any(
        True for text in texts for _ in (*ranks_in(text, word, NAME), *pinyin_ranks(text, word, INITIALS, SYLLABLES))
    )
    for text, field in ((folded(one.name), NAME), (folded(one.brand), BRAND)):
        if pure:
            yield from ranks_in(text, word, field)
            yield from pinyin_ranks(text, word, INITIALS, SYLLABLES)
        else:
            yield from mixed_ranks(text, word)


def code_ranks(one, word):
    if not any(map(str.isdigit, word)):
        return  # no code is without digits
    for field, (given_code, wanted) in enumerate(
        [
            (folded(one.code), word),
            (folded(one.approval_no).removeprefix("国药准字"), word.removeprefix("国药准字")),
            (folded(one.standard_code), word),
            (folded(one.barcode).lstrip("0"), word.lstrip("0")),
        ]
    ):
        if given_code and given_code == wanted:
            yield field * 64
    if len(word) >= 4 and folded(one.code).startswith(word):
        yield 1024


def other_ranks(one, word):
    for text, field in ((folded(one.maker), MAKER), (folded(one.form), FORM)):
        yield from ranks_in(text, word, field)
        yield from pinyin_ranks(text, word, field, field + 1)


def least(ranks):
    """Return the least of ranks that are there, or None."""
    return min((rank for rank in ranks if rank is not None), default=None)


def apart(entries, words, own, *, anywhere):
    """Return (sum of ranks, best rank) of each entry that has all words, one of them in its name or `anywhere`."""
    found = {}
    for one in entries:
        names = [own(one, word) for word in words]
        each = [least([name, *other_ranks(one, word)]) for name, word in zip(names, words, strict=True)]
        best = least(each if anywhere else names)
        if None not in each and best is not None:
            found[one] = (sum(each), best)
    return found


def model(entries, sellers, query):
    """Return (drug id, matched) of what is found as it stands, best first."""
    words = [folded(word) for word in query.split() if folded(word)]
    own = cache(lambda one, word: least(own_ranks(entries, one, word)))
    joined = "".join(words)
    whole = {one: least([*code_ranks(one, joined), own(one, joined)]) for one in entries}
    found = {one: (rank // 1024, rank, rank) for one, rank in whole.items() if rank is not None}
    if len(words) > 1 or not found:
        more = apart(entries, words, own, anywhere=False)
        if not found and not more:
            more = apart(entries, words, own, anywhere=True)
        found = {one: (3 + best // 1024, total, best) for one, (total, best) in more.items()} | found

    def place(one):
        grade, rank, _ = found[one]
        return grade, -sellers[one.drug_id], rank, len(folded(one.name)), folded(one.name), one.code

    return [(one.drug_id, MATCHED[found[one][2] // 64 % 16]) for one in sorted(found, key=place)]


pieces = st.sampled_from(["阿莫", "西林", "参", "枳壳", "片", "a", "m", "xi", "C", "（1）", "0"])
texts = st.lists(pieces, max_size=5).map("".join)
codes = st.sampled_from(["", "XJ01A1", "XJ01A2", "ZA01B1", "am01", "00123", "123", "国药准字H1", "H1", "阿莫"])
entries = st.tuples(st.just(0), codes, texts, texts, texts, codes, codes, codes, texts).map(lambda parts: Entry(*parts))
catalogues = st.lists(st.tuples(entries, st.integers(0, 2)), max_size=6)
sounds = st.sampled_from(["zq", "zhik", "ln", "lin", "xil", "阿m", "amoxl", "参zhi", "zqa", "axi"])
queries = st.lists(texts | codes | sounds, min_size=1, max_size=3).map(" ".join)


@given(catalogues, queries.filter(lambda query: folded(query) and len(query) <= 64))
def test_what_is_found_agrees_with_a_plain_scan(catalogue, query):
    numbered = [one._replace(drug_id=number) for number, (one, _) in enumerate(catalogue)]
    sellers = [number for _, number in catalogue]
    lexicon = Lexicon(numbered)
    in_order = np.array([sellers[one.drug_id] for one in lexicon.entries], np.int64)
    assert sound(lexicon, query, sellers=in_order) == model(numbered, sellers, query)
