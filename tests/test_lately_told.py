"""What is told of a time between two data versions, and what is held of the one and of the other."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pricecompare.models import MarketKey
from pricecompare.models.audit import Hand
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Asked
from pricecompare.services.ingest.decisions import confirm, release, retract
from pricecompare.services.markets import lately
from pricecompare.services.markets.lately import Lately, made, since
from pricecompare.services.ruling import using
from pricecompare.services.statistics import standing
from tests.conftest import NOW
from tests.made import CODES
from tests.test_standards_sent import SHEET
from tests.town import SALES, SHOPS, Town

LIST = [
    f"{SHOPS[0]},{code},{price},2026-10-31,listed,in" for code, price in zip(CODES, ("10.00", "10.10"), strict=False)
]
REGION, WANG = 990100, Hand("王", "cli:wang", "试")


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all()
    return town


def told(town, *deeds):
    """Return what is told after deeds: drugs, as positions in CODES, that are different and that stand on lists."""
    version = town.store.versions().data
    before = made(town.store, version)
    for deed in deeds:
        deed(town)
    assert town.store.versions().data > version
    found = since(town.store, version, before)
    if found is None:
        return None
    number = {town.store.drug(code).id: at for at, code in enumerate(CODES)}
    listed = {(region, kind): {number[one] for one in drugs} for (region, _, kind), drugs in found.lists.items()}
    return {(kind, number[drug]) for kind, drug in found.offers}, listed


def news(town):
    town.price(f"{SHOPS[0]},{CODES[0]},12.34,2026-10-30,listed,in", f"{SHOPS[8]},{CODES[2]},12,2026-10-30,online,in")


def whole(town):
    town.full(*LIST)


def late(town):
    town.price(f"{SHOPS[0]},{CODES[0]},12.34,2026-10-01,listed,in")


def late_of_what_is_gone(town):
    """A word about the past of a drug that is on no list any more: no offer is different."""
    town.price(f"{SHOPS[0]},{CODES[2]},12.34,2026-10-01,listed,in")


def held(town):
    town.price(f"{SHOPS[0]},{CODES[0]},99.00,2026-10-31,listed,in")


def let_go(town):
    release(town.desk, SHOPS[0], CODES[0])


def taken_back(town):
    retract(town.desk, town.store.uploads(most=1, what="prices")[0].id)


def put_aside_and_confirmed(town):
    rows = [LIST[0], *(line.replace("10-31", "11-09") for line in LIST)]
    confirm(town.desk, town.price(*rows).upload.id)


def sold(town):
    town.take("sales", SALES.replace("2026-09", "2026-08"))


def ruled(town):
    using.use(town.desk, f"{REGION}", "plain-130", by=WANG)


def paid(town):
    town.take("standards", SHEET, region="990000", since="2026-01-01")


def grouped(town):
    town.take("groups", f"drug_code,product_group,generic_group,reason,who\n{CODES[0]},甲,甲,同,王\n")


def closed(town):
    town.take("pharmacies", f"code,closed_on\n{SHOPS[0]},2026-10-30\n")


def renamed(town):
    town.take("drugs", f"drug_code,generic_name\n{CODES[0]},新药\n")


NEWS = {("listed", 0), ("online", 2)}
ENDED = {("listed", 2)}


@pytest.mark.parametrize(
    ("deeds", "expected"),
    [
        ([news], (NEWS, {})),
        ([held], ({("listed", 0)}, {})),
        ([whole], (ENDED, {(REGION, "listed"): {0, 1}})),
        ([news, whole], (NEWS | ENDED, {(REGION, "listed"): {0, 1}})),
        *(([deed], None) for deed in (late, put_aside_and_confirmed, sold, ruled, paid, grouped, closed, renamed)),
        *(([news, deed], None) for deed in (late, taken_back, sold, ruled, closed)),
        ([sold, news], None),
        ([whole, late_of_what_is_gone], None),
        ([held, let_go], None),
    ],
)
def test_only_news_is_told(town, deeds, expected):
    assert told(town, *deeds) == expected


def test_a_list_that_says_the_same_again_touches_no_offer(town):
    whole(town)
    again = [line.replace("10-31", "11-01") for line in LIST]
    assert told(town, lambda town: town.full(*again)) == (set(), {(REGION, "listed"): {0, 1}})


def test_too_much_is_not_told(town, monkeypatch):
    monkeypatch.setattr(lately, "MOST_ROWS", 1)
    assert told(town, news) is None


def test_another_history_of_the_same_number_is_not_gone_on_with(town):
    version = town.store.versions().data
    (before,) = made(town.store, version)
    news(town)
    assert since(town.store, version, [before]) is not None
    assert since(town.store, version, [(*before[:2], "another file", *before[3:])]) is None


def counted():
    """Return what holds the versions that it has been carried over since it was last made anew."""
    return Lately(lambda _: [], lambda store, held, since: [*held, since.version])


def test_who_began_to_read_before_loses_nothing_for_others(town):
    held, first = counted(), town.store.versions().data
    assert held.at(town.store, first) == []
    news(town)
    now = held.at(town.store, first + 1)
    assert now == [first]
    assert held.at(town.store, first) == []
    assert held.at(town.store, first + 1) is now


def test_what_is_not_told_is_made_anew(town):
    held, first = counted(), town.store.versions().data
    held.at(town.store, first)
    news(town)
    assert held.at(town.store, first + 1) == [first]
    sold(town)
    assert held.at(town.store, first + 2) == []
    assert held.at(town.store, first) == []


def test_a_version_that_came_to_be_otherwise_is_made_anew(town):
    """A database that was put back reaches the same numbers another way."""
    held, first = counted(), town.store.versions().data
    held.at(town.store, first)
    news(town)
    held.at(town.store, first + 1)
    held.at(town.store, first)
    town.store.engine.rows("UPDATE upload SET sha256 = 'x' WHERE data_version = :version", {"version": first + 1})
    assert held.at(town.store, first + 1) == []


def trend(desk, drug=CODES[2]):
    found = standing.statistics(desk, drug, region=f"{REGION}", months=2)
    return [point["n"] for point in found["trend"]["points"]]


def test_a_list_after_a_long_silence_is_in_the_trend(town):
    """All that the list says of this drug is what was known: its price merely counts again."""
    later = NOW + timedelta(days=40)
    town.desk = Desk(town.store, lambda: later)
    assert trend(town.desk) == [0, 7, 0]
    same = [f"{SHOPS[0]},{code},{10 + place / 10:.2f},2026-12-10,listed,in" for place, code in enumerate(CODES[:3])]
    assert town.price(*same, asked=Asked(mode="full")).upload.changed == 0
    assert trend(town.desk) == [0, 7, 1] == trend(Desk(town.store, lambda: later))


def test_a_late_word_of_a_drug_that_is_on_no_list_any_more_is_in_the_trend(town):
    whole(town)
    before = trend(town.desk)
    late_of_what_is_gone(town)
    assert before == [0, 0, 6]
    assert trend(town.desk) == trend(Desk(town.store, lambda: NOW)) == [0, 1, 6]


def test_a_list_that_goes_on_is_in_the_trend_of_later_days(town):
    for day, now in (("2026-11-01", 0), ("2026-11-26", 25)):
        town.desk = town.desk if now == 0 else later_desk(town.desk, now)
        town.full(*(line.replace("2026-10-31", day) for line in LIST))
        assert trend(town.desk, CODES[0])[-1] == trend(Desk(town.store, town.desk.clock), CODES[0])[-1]
    assert trend(later_desk(town.desk, 50), CODES[0])[-1] == 1


def later_desk(desk, days):
    """Return the same desk, with all that it remembers, some days after NOW."""
    return replace(desk, clock=lambda: NOW + timedelta(days=days))


def test_a_market_that_vanished_is_not_held(town):
    key = MarketKey(REGION, town.store.drug(CODES[3]).id, "listed")

    def market():
        with town.store.reading():
            return town.desk.seen.market(town.store, key, town.store.versions().data)

    town.full(*LIST, f"{SHOPS[0]},{CODES[3]},9,2026-10-31,listed,in")
    assert market().n == 1
    town.full(*(line.replace("10-31", "11-01") for line in LIST))
    assert market() is None
