"""What an offer carries beside its price when it is asked for."""

from datetime import timedelta

import pytest

from pricecompare.services.offers import compare
from tests.test_gaps import KINDS, TODAY, observations, taken
from tests.town import CODES


@pytest.mark.parametrize("day", [None, TODAY - timedelta(days=9)])
@pytest.mark.parametrize("kind", KINDS)
def test_an_offer_carries_the_other_kind_of_price_when_asked(store, tmp_path, kind, day):
    told = observations(1)
    town = taken(store, tmp_path, told)
    other = KINDS[1 - KINDS.index(kind)]
    offers = compare.offers(town.desk, CODES[0], region="990100", kind=kind, beside=("other_kind",), as_of=day)
    assert len(offers["items"]) > 3
    for one in offers["items"]:
        rows = {at: fen for (*who, at), fen in told.items() if who == [one["pharmacy"]["code"], CODES[0], other]}
        seen = max((at for at in rows if at <= (day or TODAY)), default=None)
        shown = one["other_kind"]
        if seen is None:
            assert shown is None
            continue
        counter, online = (one["fen"], rows[seen])[:: 1 if kind == "listed" else -1]
        assert (shown["kind"], shown["fen"], shown["age_days"]) == (other, rows[seen], ((day or TODAY) - seen).days)
        assert (shown["difference_fen"], shown["stale"]) == (online - counter, shown["age_days"] > 30)
    plainly = compare.offers(town.desk, CODES[0], region="990100", kind=kind, as_of=day)
    assert all("other_kind" not in one for one in plainly["items"])


def test_an_offer_says_how_it_stands_when_asked(city):
    items = compare.offers(city, "XJ01CAA501A001010190008", region="990100", beside=("text",))["items"]
    assert {one["local"]["text_zh"] for one in items if one["local"]["percent"] == -5.0} == {"比本地中位价低 5%"}
    assert all(one["local"]["text_en"].endswith("the local median") for one in items)


@pytest.mark.parametrize(("given", "status"), [("text,other_kind", 200), ("other", 422), ("", 422), ("text,", 422)])
def test_only_what_is_known_can_be_asked_for(client, given, status):
    answer = client.get(f"/api/v1/drugs/XJ01CAA501A001010190008/offers?region=990100&with={given}")
    assert (answer.status_code, answer.json.get("field")) == (status, "with" if status == 422 else None)
