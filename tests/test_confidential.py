"""A confidential payment standard shows nowhere: every public answer is the same with it and without."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from pricecompare.models.audit import Hand
from pricecompare.services.desk import Desk
from pricecompare.services.ruling import using
from pricecompare.store import create_store, open_store
from tests.town import CODES, PRICE_HEADER, SHOPS, Town
from tests.walking import Told, answers, printed

HEADER = "drug_code,region,since,until,standard,basis,confidential\n"
PUBLIC = (
    f"{CODES[1]},national,2026-01-01,,12.00,negotiated,否\n"
    f"{CODES[2]},990100,2026-01-01,,11.00,vbp,否\n"
    f"{CODES[2]},990200,2026-10-25,,10.50,vbp,否\n"
)
SECRET = (
    # Alone; beside a public one of a wider region; after a public one; to come; without an amount.
    f"{CODES[0]},990100,2026-01-01,,10.55,negotiated,是\n"
    f"{CODES[1]},990100,2026-10-22,,9.87,vbp,是\n"
    f"{CODES[2]},990100,2026-10-25,,8.76*,negotiated,\n"
    f"{CODES[2]},990200,2026-10-30,,*,negotiated,\n"
    f"{CODES[3]},national,2026-01-01,2026-10-28,6.54*,bid,\n"
)
LATER = PRICE_HEADER + f"{SHOPS[0]},{CODES[0]},10.70,2026-10-31,listed,in\n"
WAYS = {
    "in a file of its own": (PUBLIC, (SECRET, "")),
    "among public ones, before prices": ("", (PUBLIC + SECRET, PUBLIC)),
}


def town_of(folder: Path, first: str, last: str, *, prices: bool) -> Path:
    """Return a database with two files of standards, if there are any, and perhaps prices that came after them."""
    folder.mkdir()
    path = folder / "prices.db"
    town = Town(create_store(str(path), cursor_key="test", max_age_days=30), folder)
    town.take_all()
    # Rules look at what may be charged, confidential or not.
    using.use(town.desk, "990000", "ceiling", by=Hand("王", "cli", "限价"))
    for rows in filter(None, (first, last)):
        assert town.take("standards", HEADER + rows).errors == []
    if prices:
        town.take("prices", LATER)
    using.run(town.desk)
    assert isinstance(town.desk, Desk)
    town.store.close()
    return path


class Walked(NamedTuple):
    """All that a town told."""

    to_regulators: int
    answers: Told
    printed: Told


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """Walk through the town with two files of standards; what is asked for again is not walked again."""

    # Files are written to one place, whose name is printed.
    out = tmp_path_factory.mktemp("out")

    @cache
    def walk(first: str, last: str, prices: bool) -> Walked:
        path = town_of(tmp_path_factory.mktemp("walked") / "town", first, last, prices=prices)
        return Walked(told_to_regulators(path), answers(path), printed(path, out))

    return walk


@pytest.mark.parametrize("way", WAYS)
def test_no_public_answer_differs(walked, way):
    first, files = WAYS[way]
    there, not_there = (walked(first, rows, way.endswith("prices")) for rows in files)
    assert there.to_regulators > not_there.to_regulators
    assert len(there.answers) > 500
    assert sum(status == 200 for status, *_ in there.answers.values()) > 300
    assert differing(there.answers, not_there.answers) == []
    assert sum(code == 0 for code, *_ in there.printed.values()) > 100
    assert differing(there.printed, not_there.printed) == []


def test_the_walk_sees_a_standard_that_is_public(walked):
    told = SECRET.replace("是", "否").replace("8.76*", "8.76").replace(",*,", ",5.55,").replace("6.54*", "6.54")
    there, not_there = walked(PUBLIC, told, False), walked(PUBLIC, "", False)
    seen = {asked.split()[0] for asked in differing(there.answers, not_there.answers)}
    for drug in CODES[:3]:
        assert {f"/api/v1/drugs/{drug}{path}" for path in ("", "/offers", "/statistics")} <= seen
    assert "/api/v1/regions/990100/rule-flags" in seen
    spoken = differing(there.printed, not_there.printed)
    assert {f"offers {drug}" for drug in CODES[:3]} <= {" ".join(line.split()[:2]) for line in spoken}


def told_to_regulators(database):
    """Return how many prices above a confidential standard a regulator is told of."""
    store = open_store(str(database))
    try:
        return sum(store.count_rule_flags(region, secret=1) for region in (990100, 990200))
    finally:
        store.close()


def differing(some, others):
    """Return what was asked of both and not answered alike, or asked of one alone."""
    return [asked for asked in some.keys() | others.keys() if some.get(asked) != others.get(asked)]
