"""Files that come again: known by their bytes and how they are read, taken anew where that may come to more."""

from dataclasses import replace

import pytest

from pricecompare.services.ingest import Asked, import_file
from tests.town import DRUGS, PHARMACIES, PRICES, Town, counts


@pytest.fixture
def town(store, tmp_path):
    return Town(store, tmp_path)


def test_rows_refused_for_a_drug_nobody_knew_go_in_once_it_is_known(town):
    header, *drugs = DRUGS.splitlines()
    town.take_all(until="drugs")
    town.take("drugs", "\n".join([header, *drugs[1:]]))
    town.take("pharmacies", PHARMACIES)
    first = town.take("prices", PRICES)
    assert (first.upload.refused, town.take("prices", PRICES).repeated) == (22, True)
    town.take("drugs", "\n".join([header, drugs[0]]))
    again = town.take("prices", PRICES)
    assert (again.repeated, counts(again)) == (False, {"rows": 66, "added": 22, "unchanged": 44})
    assert town.take("prices", PRICES).upload == again.upload


@pytest.mark.parametrize(
    "asked",
    [
        Asked(mode="full"),
        Asked(source="chain"),
        Asked(encoding="gb18030"),
        Asked(declared={"observed_at": "2026-10-01"}),
    ],
    ids=["as whole lists", "from another source", "in another encoding", "of another day"],
)
def test_the_same_bytes_read_in_another_way_are_another_upload(town, asked):
    town.take_all(until="sales")
    path = town.folder / "prices.csv"
    assert import_file(town.desk, "prices", path).repeated
    assert not import_file(town.desk, "prices", path, asked).repeated
    assert import_file(town.desk, "prices", path, replace(asked, sender="甲", file_name="other.csv")).repeated
