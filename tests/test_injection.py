"""Words that a browser, a spreadsheet or a folder would act on: kept as they were sent, and acted on by nobody."""

import csv
import io
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import pytest

from pricecompare.files.write import FORMULA_STARTS
from pricecompare.services.desk import Desk
from pricecompare.services.statistics.monitor import every_flag
from pricecompare.store import create_store
from pricecompare.web import create_app
from tests.attacks import REGULATOR, routes
from tests.conftest import NOW
from tests.sent import KEY, Sender, line, prices
from tests.town import DRUGS, PHARMACIES, PRICE_HEADER, REGIONS, Town
from tests.walking import filled, queries

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
FORMULA = "=HYPERLINK(1)"
WORDS = f"{FORMULA}{SCRIPT}"


@pytest.fixture
def app(tmp_path):
    """An application over a town whose every name, address, form and maker means harm."""
    path = tmp_path / "prices.db"
    town = Town(create_store(str(path), cursor_key="test", max_age_days=30), tmp_path)
    town.take("regions", REGIONS.replace("云泽市", WORDS).replace("青石区", WORDS))
    town.take(
        "drugs", DRUGS.replace(",药", f",{WORDS}药").replace("0.1g", f"0.1g{SCRIPT}").replace(",厂", f",{WORDS}厂")
    )
    town.take("pharmacies", PHARMACIES.replace(",第", f",{WORDS}第").replace(",路", f",{WORDS}路"))
    usual = "".join(line(shop, drug, f"{10 + shop / 10:.2f}") for shop in range(6) for drug in range(2))
    town.take("prices", PRICE_HEADER + usual + line(6, 0, "45.00") + line(0, 0, "12.00", kind="online"))
    settings = {"UPLOAD_KEY": KEY, "REGULATOR_KEY": REGULATOR, "SPOOL": str(tmp_path / "spool")}
    app = create_app(DB=str(path), NOW=NOW.isoformat(), **settings)
    yield app
    app.extensions["pricecompare"].store.close()
    town.store.close()


def told(app):
    """Yield every answer that a GET brings, with keys."""
    described = app.test_client().get("/openapi.json").json["paths"]
    flag = next(iter(every_flag(Desk(app.extensions["pricecompare"].store, lambda: NOW), "990100", most=1)))
    name = f"{flag.pharmacy_id}-{flag.drug_id}-{flag.kind}"
    client = app.test_client()
    for route in routes(app):
        if route.method != "GET":
            continue
        asked = described.get(route.rule, {}).get("get", {}).get("parameters", [])
        for path in filled(route.rule.replace("/flags/{id}", f"/flags/{name}").replace("{format}", "csv")):
            for query in list(queries(asked))[:12]:
                headers = {"Authorization": f"Bearer {route.key}"}
                with client.get(path, query_string=query, headers=headers) as answer:
                    assert answer.status_code < 500
                    yield path, answer


class Tags(HTMLParser):
    """Finds what a browser would run."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        inline = tag == "script" and not dict(attrs).get("src")
        if inline or any(name.startswith("on") for name, _ in attrs):
            self.found.append((tag, attrs))


def test_nothing_that_is_stored_runs_in_a_browser_or_a_spreadsheet(app):
    seen = dict.fromkeys(("html", "svg", "csv", "json"), 0)
    for path, answer in told(app):
        kind, text = answer.mimetype, answer.get_data(as_text=True)
        if kind == "text/html":
            tags = Tags()
            tags.feed(text)
            assert (tags.found, SCRIPT in text) == ([], False), path
            seen["html"] += 1
        elif kind == "image/svg+xml":
            names = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(text).iter()}
            assert not names & {"script", "img", "foreignObject"} and WORDS[:9] in text
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            seen["svg"] += 1
        elif kind == "text/csv" and answer.status_code == 200:
            rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
            cells = [cell for row in rows for cell in row]
            assert not [cell for cell in cells if cell.startswith(FORMULA_STARTS) and not _is_number(cell)], path
            seen["csv"] += any(FORMULA in cell for cell in cells)
        elif "json" in kind:
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            seen["json"] += SCRIPT in text
    assert all(seen.values()), seen


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


NAMES = (
    "../../evil.csv", "/etc/evil.csv", "..\\..\\evil.csv", "C:\\evil.csv", "evil\x00.csv", "a/../../evil.csv", "lock",
    "1",
    "part-evil", "." * 300, "evil.csv\r\nX-Evil: 1", "~/evil.csv", "$(touch evil).csv", "", "药" * 300,
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_the_name_of_a_file_names_no_file_of_ours(tmp_path, name):
    store = create_store(str(tmp_path / "x.db"), cursor_key="test", max_age_days=30)
    sender = Sender(str(tmp_path / "x.db"), store, tmp_path)
    before = set(tmp_path.rglob("*"))
    answer = sender.send(prices(line(0, 0, "10.00")), name=name)
    assert answer.status_code in (201, 422)
    after = set(tmp_path.rglob("*")) - before
    assert {path.name for path in after} <= {"spool", "lock", "x.db-wal", "x.db-shm"}
    if answer.status_code == 201:
        assert not set("/\\\0\r\n") & set(answer.json["file_name"]) and len(answer.json["file_name"]) <= 200
        with sender.ask(f"/{answer.json['id']}/refused") as file:
            assert "\n" not in file.headers.get("Content-Disposition", "")
    sender.close()
    store.close()


DRUG = "/api/v1/drugs/XJ01CAA501A001010190008"
FORGED = ("*", "", '"', 'W/"', '"' + "0" * 32 + '"', '"*"', '"a", "b"', "\xff", '"' + "x" * 7000 + '"', '"a"\t')


@pytest.mark.parametrize("tag", FORGED, ids=range(len(FORGED)))
def test_a_tag_that_is_made_up_brings_the_whole_answer(client, tag):
    plain = client.get(DRUG)
    answer = client.get(DRUG, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (200, plain.data, plain.headers["ETag"])


def test_a_tag_of_one_question_is_none_of_another(client):
    tag = client.get(DRUG).headers["ETag"]
    for path in ("/api/v1/regions", "/api/v1/pharmacies?region=990100", f"{DRUG}/offers?region=990100"):
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_cursor_of_one_question_or_server_is_none_of_another(client, city):
    path = "/api/v1/pharmacies?region=990100&limit=2"
    given = client.get(path).json["next"]
    assert client.get(f"{path}&cursor={given}").status_code == 200
    for other in ("/api/v1/pharmacies?region=990102&limit=2", "/api/v1/regions?limit=2"):
        assert client.get(f"{other}&cursor={given}").json["code"] == "bad_cursor"
    rank, _, signature = given.partition(".")
    for forged in (f"{rank}.", f"{rank}.{'A' * len(signature)}", f"WzEsIDFd.{signature}", f"{rank}.{signature[::-1]}"):
        assert client.get(f"{path}&cursor={forged}").json["code"] == "bad_cursor"
