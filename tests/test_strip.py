"""The picture of local prices: whole XML, every price once, nothing outside it, and nothing that runs."""

from collections import Counter
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.files.strip import HEIGHT, WIDTH, strip

WORDS = ("本店", "中位价", "平均价")
FEN = st.integers(1, 10_000_000)
SVG = "{http://www.w3.org/2000/svg}"


def drawn(others, this, **other):
    middle = sorted(others)[len(others) // 2]
    said = {"median": middle, "mean": sum(others) / len(others), "title": "价格分布", "words": WORDS} | other
    return ElementTree.fromstring(strip(others, this, **said))


@given(st.lists(FEN, min_size=1, max_size=60), FEN)
def test_every_price_is_a_dot_inside_the_picture(others, this):
    picture = drawn(others, this)
    dots = picture.findall(f"{SVG}circle")
    assert len(dots) == len(Counter(others)) + 1
    for dot in dots:
        assert 0 <= float(dot.get("cx")) <= WIDTH and 0 <= float(dot.get("cy")) <= HEIGHT
    places = [float(dot.get("cx")) for dot in dots[:-1]]
    assert places == sorted(places)


def test_dots_say_what_they_are():
    titles = [one.text for one in drawn([1000, 1000, 1200], 3000).iter(f"{SVG}title")]
    assert titles == ["价格分布", "10.00 × 2", "12.00 × 1", "本店 30.00"]


def test_the_price_that_most_ask_is_the_largest_dot():
    dots = drawn([1000] * 9 + [1200], 3000).findall(f"{SVG}circle")
    assert float(dots[0].get("r")) == pytest.approx(3 * float(dots[1].get("r")))


def test_as_many_times_dearer_is_as_far_everywhere():
    places = [float(dot.get("cx")) for dot in drawn([500, 1000, 2000], 4000).findall(f"{SVG}circle")]
    steps = [after - before for before, after in zip(places, places[1:], strict=False)]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.2)


def test_names_cannot_break_out():
    text = strip([1000], 2000, median=1000, mean=1000, title="<script>alert(1)</script>&", words=("<b>", "\"'", "&"))
    assert "<script" not in text and "<b>" not in text
    assert ElementTree.fromstring(text).find(f"{SVG}title").text == "<script>alert(1)</script>&"


def test_the_same_prices_are_the_same_picture_in_any_order():
    others = [1000, 1500, 1000, 900]
    said = {"median": 1000, "mean": 1100, "title": "t", "words": WORDS}
    assert strip(others, 2000, **said) == strip(others[::-1], 2000, **said)
