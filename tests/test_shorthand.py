"""Mixtures of characters, syllables and initials against a plain recursion."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.calc.lines import NONE
from pricecompare.calc.pinyin import spellings
from pricecompare.calc.shorthand import FEW, Shorthand
from tests.test_lexicon_model import MIXED, least, mixed_ranks

texts = st.text(st.sampled_from("阿莫西林安宁a1"), max_size=5)
words = st.lists(st.sampled_from("阿 莫 a m x l mo xi lin an ni x l 1".split()), min_size=1, max_size=5).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.lists(texts, min_size=1, max_size=4), words, st.sampled_from([1, FEW + 1]))
def test_mixtures_agree_with_a_plain_recursion(these, word, times):
    """A handful of runs is gone on with singly, more of them together: many texts alike make more of them."""
    these = these * times
    ranks = Shorthand(these, [spellings(text)[0] for text in these]).ranks(word).tolist()
    plain = [least(mixed_ranks(text, word)) for text in these]
    assert ranks == [NONE if rank is None else rank - MIXED * 64 for rank in plain]


@given(st.text(st.sampled_from("阿莫西林枳朴参术豉"), min_size=1, max_size=6), st.data())
def test_each_character_may_be_typed_in_three_ways(text, data):
    way = spellings(text)[0]
    word = "".join(data.draw(st.sampled_from([sign, sound, sound[0]])) for sign, sound in zip(text, way, strict=True))
    assert Shorthand([text], [way]).ranks(word).tolist() == [0]
