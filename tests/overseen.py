"""A town with somebody in every role: keys of pharmacies, chains, regulators, operators, and people at the console."""

import base64
import io
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pricecompare.calc.totp import SECONDS, code
from pricecompare.models.audit import Hand
from pricecompare.services.access import keys, sessions, users
from pricecompare.services.access.keys import Wanted
from pricecompare.services.cases import Asked, batch, citizens, step
from pricecompare.services.indexing import appeals, runs, settings
from pricecompare.store import create_store
from pricecompare.web import cookies, create_app
from tests.conftest import NOW
from tests.made import CODES
from tests.sent import line, prices
from tests.sold import CITY, MONTH, sales
from tests.taken_up import KEY, OTHER, SCREEN, WANG, only, seven_shops
from tests.test_attachments import FILES, PDF
from tests.town import REGIONS, SHOPS, Town

OWN, ELSEWHERE = SHOPS[6], SHOPS[7]
BESIDE = "P99010300001"
"""A pharmacy of the same city and another district."""

MORE = "990103,白水区,990100,county,0\n"
CHAINS = f"pharmacy_code,name,chain\n{OWN},第7药店,康宁\n{ELSEWHERE},第8药店,益民\n{BESIDE},白水药店,益民\n"

KEYS = {
    "pharmacy": Wanted("pharmacy", "第7药店", (OWN,)),
    "other pharmacy": Wanted("pharmacy", "第8药店", (ELSEWHERE,)),
    "chain": Wanted("chain", "康宁", ("康宁",)),
    "other chain": Wanted("chain", "益民", ("益民",)),
    "district": Wanted("regulator", "青石区", ("990102",)),
    "city": Wanted("regulator", "云泽市", ("990100",)),
    "province": Wanted("regulator", "云泽省", ("990000",)),
    "other district": Wanted("regulator", "白水区", ("990103",)),
    "other city": Wanted("regulator", "沅口市", ("990200",)),
    "other province": Wanted("regulator", "桂影省", ("980000",)),
    "everywhere": Wanted("regulator", "国家局"),
    "operator": Wanted("operator", "运维"),
}
"""Who has a key: all are asked for what is the pharmacy's, in the district, city and province."""

PEOPLE = {
    "city": ("regulator", ("990100",)),
    "district": ("regulator", ("990102",)),
    "other city": ("regulator", ("990200",)),
    "operator": ("operator", ()),
    "pharmacy": ("pharmacy", (OWN,)),
    "other pharmacy": ("pharmacy", (ELSEWHERE,)),
    "chain": ("chain", ("康宁",)),
}
"""Who may log in at the console."""


class Overseen:
    """The town, its application, and everybody's keys."""

    def __init__(self, folder: Path, **settings: Any):
        self.path = folder / "prices.db"
        self.town: Town = seven_shops(create_store(str(self.path), cursor_key="test", max_age_days=30), folder)
        assert self.town.take("regions", REGIONS + MORE).errors == []
        assert self.town.take("pharmacies", CHAINS).errors == []
        self.desk, self.flag = self.town.desk, only(self.town)
        self.keys = {who: keys.create(self.desk, wanted, by=WANG)["key"] for who, wanted in KEYS.items()}
        said = {"REGULATOR_KEY": KEY, "UPLOAD_KEY": OTHER, "SPOOL": str(folder / "spool"), "NOW": NOW.isoformat()}
        self.app = create_app(DB=str(self.path), **(said | settings))

    def client(self, who: str = "") -> FlaskClient:
        """Return a client with somebody's key."""
        client = self.app.test_client()
        if who:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.keys[who]}"
        return client

    def send(self, who: str, *lines: str, headers: Any = None, **fields: str) -> TestResponse:
        """Send prices with somebody's key."""
        form = {"what": "prices", **fields, "file": (io.BytesIO(prices(*lines).encode()), "list.csv")}
        return self.client(who).post("/api/v1/uploads", data=form, headers=headers, buffered=True)

    def something(self) -> dict[str, Any]:
        """Let there be one of everything that is somebody's; return what names each."""
        sent = self.send("pharmacy", line(6, 0, "21.00", "2026-10-31"), f"{OWN},nothing,1,2026-10-31,listed,in\n")
        assert (sent.status_code, sent.json["refused"]) == (201, 1)
        done = batch(self.desk, "990100", SCREEN)
        assert done["done"] == 1
        citizens.take(self.desk, citizens.Said(OWN, "wrong_price", CODES[0], "listed", "9.00"))
        pdf = self.client("city").post(f"/api/v1/flags/{self.flag}/attachments?name=a.pdf&who=王", data=FILES[PDF])
        assert pdf.status_code == 201, pdf.json
        export = self.client("city").get("/api/v1/exports/flags.csv?region=990102").headers["Link"]
        entry = int(export.partition(">")[0].rpartition("/")[2])
        step(self.desk, self.flag, Asked("remind", "regulator", WANG))
        names = {"upload": sent.json["id"], "batch": done["batch"], "report": 1, "entry": entry, "flag": self.flag}
        return names | {"run": self._published()}

    def _published(self) -> int:
        """Let an index be published; return its run."""
        assert self.town.take("sales", sales()).errors == []
        for name, value in (("indicative_drugs", 2), ("published_drugs", 3), ("published_reliability", 0)):
            settings.set_limit(self.desk, None, 0, name, value, by=WANG)
        return runs.decide(self.desk, self._drafted(), "confirm", by=WANG).id

    def _drafted(self, corrects: int | None = None) -> int:
        return runs.publish(self.desk, runs.Wish(CITY, MONTH, corrects=corrects), by=WANG).id

    def undecided(self, run: int) -> dict[str, int]:
        """Let there be what can be decided but once: a draft beside a run, and two appeals against that; name them."""
        why, this = WANG._replace(why="核实"), self.desk.store.pharmacy(OWN)
        assert this is not None
        for one in self.desk.store.appeals(most=100, state="filed"):
            appeals.rule(self.desk, one.id, appeals.Ruling("withdraw"), role="pharmacy", by=why)
        filed = [appeals.file(self.desk, this, appeals.Dispute(run, drug, "price"), by=why) for drug in CODES[1:3]]
        return {"draft": self._drafted(run), "appeal": filed[0].id, "own appeal": filed[1].id}

    def person(self, who: str) -> tuple[FlaskClient, str]:
        """Return the browser of somebody who is logged in, and the word for its forms."""
        role, scope = PEOPLE[who]
        name = who.replace(" ", "-")
        made = users.create(self.desk, name, role, scope, by=WANG)
        token = sessions.login(
            self.desk, name, made["password"], now_code(self.desk, name), address="127.0.0.1", by=Hand(name)
        )
        client = self.app.test_client()
        client.set_cookie("__Host-pricecompare-session", token, domain="localhost", secure=True)
        return client, cookies.token_of(token)

    def close(self) -> None:
        """Let go of the database."""
        self.app.extensions["pricecompare"].store.close()
        self.town.store.close()


def now_code(desk: Any, name: str, later: int = 0) -> str:
    """Return what the telephone of a person shows, so many steps later."""
    return code(base64.b32decode(desk.store.user(name).secret), desk.now() // SECONDS + later)
