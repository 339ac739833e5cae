"""Of the people in a sale message nothing is kept, whatever becomes of the message: not a name, not a number."""

import csv
import gzip
import io
import json
import logging
import re
from contextlib import suppress
from pathlib import Path

import pytest

from pricecompare.errors import PriceCompareError
from pricecompare.services.ingest import Asked, import_file
from pricecompare.services.uploads import layouts, ledger, receiving
from pricecompare.services.uploads.trial import tried
from pricecompare.store import create_store
from tests import books, deeds
from tests.made import CODES
from tests.sent import Sender
from tests.town import SHOPS

PERSONAL = [*next(one for one in layouts.shipped() if one.name == "sales-3505").drop[:-1], "tel", "addr", "联系人"]
KEPT = ["fixmedins_code", "med_list_codg", "sel_retn_time", "finl_trns_pric", "sel_retn_cnt"]
PEOPLE = [(f"欧阳彩虹{at:02d}", f"44030119850{at:02d}10017X", f"1390013{at:04d}") for at in range(len(PERSONAL))]
TOKENS = [token for person in PEOPLE for token in person]

AS_PRICES = """name = "seen-prices"
version = 1
what = "prices"
title = { zh = "成交价", en = "Prices paid" }
drop = ["psn_name", "*"]
[headers]
pharmacy_code = "fixmedins_code"
drug_code = "med_list_codg"
observed_at = "sel_retn_time"
price = "finl_trns_pric"
"""
"""The same message read as prices: those can be put aside."""


def sale(at: int, **other: str) -> list[str]:
    """Return one line of a message, personal columns before, between and behind those that are needed."""
    said = {
        "fixmedins_code": SHOPS[at % len(SHOPS)], "med_list_codg": CODES[at % 3],
        "sel_retn_time": f"2026-10-{10 + at % 20} 23:50:00", "finl_trns_pric": "10.00", "sel_retn_cnt": "2.0000",
    } | other  # fmt: skip
    people = [" ".join(person) for person in PEOPLE]
    return people[:9] + [said[name] for name in KEPT[:3]] + people[9:] + [said[name] for name in KEPT[3:]]


HEADER = [*PERSONAL[:9], *KEPT[:3], *PERSONAL[9:], *KEPT[3:]]
GOOD = [HEADER, *map(sale, range(40))]
REFUSED = [HEADER, *(sale(at, sel_retn_cnt="many", med_list_codg="?") for at in range(5)), sale(1)]
SLIPPED = [HEADER, *(sale(at, finl_trns_pric="1000.00", sel_retn_time="2026-10-31") for at in range(40))]


def as_csv(rows: list[list[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()


def as_lines(rows: list[list[str]]) -> str:
    sold = {"drugtracinfo": [{"drug_trac_codg": PEOPLE[0][1], "psn_name": PEOPLE[0][0]}]}
    records = (dict(zip(rows[0], row, strict=True)) | sold for row in rows[1:])
    return "".join(json.dumps(one, ensure_ascii=at % 2 == 0) + "\n" for at, one in enumerate(records))


def with_line(line: str, rows: list[list[str]] = GOOD) -> str:
    """Return a message with one line more, ill written."""
    return as_csv(rows) + line + "\n" + as_csv([sale(3)])


WHO = " ".join(PEOPLE[3])
MESSAGES = {
    "good": as_csv(GOOD).encode(),
    "refused": as_csv(REFUSED).encode(),
    "GB18030": as_csv(REFUSED).encode("gb18030"),
    "gzip": gzip.compress(as_csv(REFUSED).encode()),
    "ZIP": books.zipped({"x.csv": as_csv(REFUSED)}),
    "JSON lines": as_lines(REFUSED).encode(),
    "ODS": books.ods(*REFUSED),
    "a comma in a name": with_line(as_csv([sale(1)]).strip().replace("欧阳彩虹04", "欧阳,彩虹04")).encode(),
    "a lost separator": with_line(as_csv([sale(1)]).strip().replace(",", " ", 3)).encode(),
    "only a name": with_line(WHO).encode(),
    "no header": as_csv(GOOD[1:]).encode(),
    "no header, one person twice": f"{WHO},{WHO},x\n{WHO},{WHO},x\n".encode(),
    "an open quotation mark": with_line(f'"{WHO}').encode(),
    "cut off": as_lines(GOOD).encode()[:-80],
    "not an object": (as_lines(GOOD) + json.dumps(WHO, ensure_ascii=False) + "\n").encode(),
    "a name for a name": (json.dumps({WHO: WHO, **dict(zip(HEADER, sale(1), strict=True))}) + "\n").encode(),
    "one name twice": f'{{"{WHO}":1,"{WHO}":2}}\n'.encode(),
    "nested": (as_lines(GOOD) + json.dumps({WHO: {WHO: [WHO]}}, ensure_ascii=False) + "\n").encode(),
    "broken UTF-8": as_csv(GOOD).encode() + WHO.encode()[:-1] + b"\xff",
    "NUL": as_csv(GOOD).encode() + WHO.encode() + b"\0",
}


@pytest.fixture
def sender(tmp_path):
    """A sender at a town in a file, where people's numbers may be looked for."""
    url = str(tmp_path / "prices.db")
    store = create_store(url, cursor_key="test", max_age_days=30)
    sender = Sender(url, store, tmp_path, UPLOAD_WAIT_MB="0.1")
    layouts.add(sender.town.desk, AS_PRICES)
    with deeds.temporary(tmp_path / "tmp"):
        yield sender
    sender.close()
    store.close()


def found_in(content: bytes) -> list[str]:
    """Return whose name or number is in some bytes, in whatever encoding."""
    written = [content, content.replace(b"\0", b"")]
    ways = ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "unicode_escape")
    return [token for token in TOKENS if any(token.encode(way) in one for way in ways for one in written)]


def left(folder: Path) -> dict[str, list[str]]:
    """Return whose names and numbers lie in the files of a folder, the database and its log among them."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {"prices.db", "prices.db-wal"} <= {path.name for path in files}
    return {path.name: people for path in files if (people := found_in(path.read_bytes()))}


def test_it_would_be_found():
    assert all(found_in(f"x{WHO}y".encode(way)) == list(PEOPLE[3]) for way in ("utf-8", "gb18030", "utf-16"))
    assert found_in(json.dumps(WHO).encode()) == list(PEOPLE[3])


@pytest.mark.parametrize("message", MESSAGES)
def test_no_message_leaves_a_trace_of_people(sender, tmp_path, caplog, capfd, message):
    caplog.set_level(logging.DEBUG)
    content, desk = MESSAGES[message], sender.town.desk
    path = tmp_path / "message"
    path.write_bytes(content)
    said = []
    for layout, what in (("sales-3505", "sales"), ("seen-prices", "prices")):
        asked = Asked(layout=layout)
        with suppress(PriceCompareError), (tmp_path / "lines").open("w+b") as lines:
            said.append(repr(tried(desk, what, path, asked, lines).report.findings))
        for dry in ("true", "false"):
            with sender.send(content, what=what, layout=layout, dry_run=dry) as answer:
                said.append(answer.text)
        try:
            said.append(repr(import_file(desk, what, path, asked)))
        except PriceCompareError as error:
            said.append(str(error))
    path.unlink()
    said += [repr(ledger.uploads(desk)), *map(repr, desk.store.engine.rows("SELECT * FROM refused_row", {}))]
    said += [caplog.text, *capfd.readouterr()]
    assert (left(tmp_path), found_in("\n".join(said).encode())) == ({}, [])


def test_nor_does_one_that_is_put_aside_or_waits(sender, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    assert sender.send(as_csv(GOOD), layout="seen-prices").json["state"] == "taken"
    many = [HEADER, *SLIPPED[1:], *REFUSED[1:]]
    assert sender.send(as_csv(many), layout="seen-prices").json["state"] == "quarantined"
    waits = sender.send(as_csv([HEADER, *GOOD[1:] * 3, *REFUSED[1:]]), what="sales", layout="sales-3505")
    assert (waits.status_code, waits.json["state"]) == (202, "waiting")
    receiving.take_waiting(sender.app.extensions["pricecompare"])
    shown = sender.ask(f"/{waits.json['id']}").json
    assert (shown["state"], shown["refused"]) == ("taken", 5)
    file = sender.ask(f"/{waits.json['id']}/refused").text
    assert (left(tmp_path), found_in((file + caplog.text).encode())) == ({}, [])
    assert re.match("fixmedins_code,med_list_codg", file.lstrip("\ufeff"))
