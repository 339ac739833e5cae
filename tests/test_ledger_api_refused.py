"""Refused rows come back in the sender's own form, however many there are, and go in when they are corrected."""

import gzip
import io
import json

import pytest

from pricecompare.services.uploads import ledger
from pricecompare.store import create_store
from tests.sent import Sender, line, prices
from tests.town import SHOPS, Town, as_sheet


@pytest.fixture
def sender(store, url, tmp_path):
    sender = Sender(url, store, tmp_path)
    yield sender
    sender.close()


def test_refused_rows_come_back_in_the_senders_form_and_go_in_when_corrected(sender):
    text = prices(line(0, 0, "x"), line(1, 0, "11.00"), line(2, 3, "-5")).replace(",", ";")
    took = sender.send(text.encode("gb18030") + "备注：药店\n".encode("gb18030"), name="九月.csv").json
    answer = sender.ask(f"/{took['id']}/refused")
    assert answer.headers["Content-Disposition"].endswith("filename*=UTF-8''%E4%B9%9D%E6%9C%88-refused.csv")
    back = answer.data.decode("gb18030")
    lines = back.splitlines()
    assert (len(lines), took["refused"]) == (4, 3)
    assert lines[0] == text.splitlines()[0] + ";refusal_code;refusal_reason"
    assert ["bad_price" in lines[1], "不是有效价格" in lines[1], "is not a price" in lines[1]] == [True] * 3
    corrected = "\n".join([lines[0], lines[1].replace(";x;", ";12.00;", 1), lines[2].replace(";-5;", ";5.00;", 1)])
    again = sender.send(corrected.encode("gb18030")).json
    assert (again["rows"], again["refused"], again["changed"] + again["added"]) == (2, 0, 2)


def test_refused_rows_of_json_and_of_a_packed_file_go_in_when_corrected(sender):
    records = [
        dict(zip(prices().strip().split(","), row.strip().split(","), strict=True)) for row in (line(0, 0, "x"),)
    ]
    for content in (json.dumps(records).encode(), gzip.compress(prices(line(0, 0, "x")).encode())):
        took = sender.send(content, name="list").json
        assert (took["state"], took["refused"]) == ("taken", 1)
        back = sender.ask(f"/{took['id']}/refused").text
        assert "bad_price" in back
        assert (
            sender.send(back.replace("x", "12.00", 1) if back.startswith("{") else back.replace(",x,", ",12.00,")).json[
                "refused"
            ]
            == 0
        )


def test_a_hundred_thousand_bad_rows_come_back(tmp_path):
    """All of them, with every reason, though only the first findings are kept in memory."""
    store = create_store(str(tmp_path / "prices.db"), cursor_key="test", max_age_days=30)
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    head = prices()
    rows = [f"{SHOPS[0]},X{number},nothing,2026-10-30,listed,in\n" for number in range(100_000)]
    upload = town.take("prices", head + "".join(rows)).upload
    back = b"".join(ledger.refused(town.desk, upload.id).pieces).decode().splitlines()
    assert (upload.refused, len(back)) == (100_000, 100_001)
    store.close()
    assert back[-1].startswith(rows[-1].strip() + ",drug_code_length; bad_price,")


def test_cells_of_every_sort_come_back_as_they_were(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    sheet = [["pharmacy_code", "drug_code", "price", "observed_at"], [SHOPS[0], "X", 12.5, "2026-10-30"]]
    upload = town.take("prices", as_sheet(town.folder, sheet)).upload
    file = ledger.refused(town.desk, upload.id)
    first, second = io.StringIO(b"".join(file.pieces).decode("utf-8-sig")).read().splitlines()
    assert (file.name, first.split(",")[:4]) == ("prices-refused.csv", sheet[0])
    assert second.startswith(f"{SHOPS[0]},X,12.5,2026-10-30,drug_code_length,")
