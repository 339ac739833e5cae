"""A town's life at random, and copies that follow its feed of changes."""

import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from pricecompare.calc.days import instant, iso
from pricecompare.errors import Conflict
from pricecompare.models import KINDS, STOCKS
from pricecompare.services.desk import Desk
from pricecompare.services.grounds import catalogue
from pricecompare.services.ingest import Asked, decisions, import_file
from pricecompare.services.uploads import feed
from pricecompare.store import create_store
from tests.conftest import NOW
from tests.made import CODES, POOLING, Shop, filled

SHOPS = [
    Shop(number, district, None, None) for number, district in enumerate([440305, 440306, 440402, 450102, 440305], 1)
]
CODE_OF = {shop.id: shop.code for shop in SHOPS}
DRUG_OF = dict(enumerate(CODES, 1))
AGES = st.sampled_from([0, 0, 0, 1, 1, 2, 5, 29, 31, 40])
PRICES = st.sampled_from([1000, 1000, 1100, 1200, 9000, 150])
SOURCES = st.sampled_from(["", "", "", "feed"])
"""Of a source a guard remembers what it sent last time."""
ROWS = st.lists(
    st.tuples(st.sampled_from(SHOPS[:3]), st.integers(0, 1), PRICES, AGES, st.integers(0, 2)),
    min_size=1,
    max_size=6,
    unique_by=lambda row: (row[0], row[1], row[3]),
)


class Life(RuleBasedStateMachine):
    """Uploads of all sorts, late ones and whole lists among them, decisions about them, and pharmacies that move."""

    def __init__(self, url=None):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.now, self.files = NOW, 0
        self.store = create_store(url or str(self.folder / "prices.db"), cursor_key="test", max_age_days=30)
        self.desk = Desk(self.store, lambda: self.now)
        filled(self.store, SHOPS)

    def teardown(self):
        self.store.close()
        shutil.rmtree(self.folder)

    def imported(self, what, lines, **asked):
        path = self.folder / f"{what}.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        report = import_file(self.desk, what, path, Asked(**asked))
        assert report.errors == []
        return report.upload

    @rule(rows=ROWS, kind=st.sampled_from(["listed", "listed", "online"]), full=st.booleans(), source=SOURCES)
    def prices(self, rows, kind, full, source):
        """A list comes in: a whole one or changes, new, late, corrected or the same."""
        lines = ["pharmacy_code,drug_code,kind,price,observed_at,stock"]
        for shop, drug, fen, age, stock in rows:
            day = (self.now - timedelta(days=age)).date().isoformat()
            lines.append(f"{shop.code},{CODES[drug]},{kind},{fen / 100:.2f},{day},{['', 'in', 'out'][stock]}")
        self.files += 1
        # A blank line more each time: the same rows again are another file.
        self.imported("prices", lines + [""] * self.files, mode="full" if full else "changes", source=source)

    @rule(fen=PRICES, age=st.sampled_from([0, 3, 33]))
    def everybody(self, fen, age):
        """All report one drug alike, enough for a median that holds strange prices."""
        self.prices([(shop, 0, fen, age, 1) for shop in SHOPS], "listed", full=False, source="")

    @rule(which=st.integers(0, 30), taken=st.booleans())
    def decided(self, which, taken):
        """An upload is taken back, or one in quarantine is confirmed or rejected."""
        uploads = [one for one in self.store.uploads(most=100, what="prices") if one.state in ("taken", "quarantined")]
        uploads = [one for one in uploads if one.file_name]
        if uploads:
            one = uploads[which % len(uploads)]
            if one.state == "taken":
                decisions.retract(self.desk, one.id)
            else:
                (decisions.confirm if taken else decisions.reject)(self.desk, one.id)

    @rule(shop=st.sampled_from(SHOPS), drug=st.sampled_from(CODES[:2]))
    def released(self, shop, drug):
        """A person vouches for a price that is held."""
        try:
            decisions.release(self.desk, shop.code, drug)
        except Conflict as error:
            assert error.code == "not_held"

    @rule(shop=st.sampled_from(SHOPS), district=st.sampled_from(list(POOLING)))
    def moves(self, shop, district):
        """A pharmacy comes under another region, its prices with it."""
        self.imported("pharmacies", ["pharmacy_code,name,region", f"{shop.code},第{shop.id}药店,{district}"])

    @rule(days=st.sampled_from([1, 2, 10, 31]))
    def time_passes(self, days):
        self.now += timedelta(days=days)

    def asked_now(self, *regions):
        """Return what pharmacies of some regions ask, by code: fen, stock, held, observation."""
        return {
            (CODE_OF[shop], DRUG_OF[drug], kind): (fen, STOCKS[stock], bool(held), iso(observed))
            for region in regions
            for shop, drug, kind, fen, stock, held, observed in self.store.offers_of_region(region)
        }

    def confirmed_now(self, *regions):
        """Return when whole lists of pharmacies of some regions were last seen."""
        return {
            (CODE_OF[shop], kind): iso(at)
            for region in regions
            for kind in KINDS
            for shop, at in self.store.confirmations(region, kind)
        }


class Copy:
    """A copy of what is asked in some regions, kept by the feed alone; `region` narrows it to one."""

    def __init__(self, life, regions, region=None):
        self.life, self.regions, self.region = life, regions, region
        self.offers = life.asked_now(*regions)
        self.confirmed = life.confirmed_now(*regions)
        versions = life.store.versions()
        self.since, self.places, self.cursor = versions.data, versions.places, None
        self.homes = self.pharmacies()

    def emptied(self):
        """Return the copy as one that starts from nothing."""
        self.offers, self.confirmed, self.since, self.places = {}, {}, 0, -1
        self.homes = set()
        return self

    def pharmacies(self):
        places = self.life.store.pharmacy_places()
        return {code for code, (_, region) in places.items() if region in self.regions}

    def pages(self, limit, most):
        """Follow the feed for up to `most` pages; return whether that was all."""
        for _ in range(most):
            page = feed.changes(
                self.life.desk, since=self.since, region=self.region, limit=limit, cursor_given=self.cursor
            )
            self.take(page)
            self.cursor = page["next"]
            if self.cursor is None:
                self.since = page["data_version"]
                return True
        return False

    def take(self, page):
        for item in page["items"]:
            key = item["pharmacy"], item["drug"], item["kind"]
            self.offers.pop(key, None)
            if not item["gone"]:
                self.offers[key] = (item["fen"], item["stock"], item["held"], item["observed_at"])
        for one in page["confirmations"]:
            self.confirmed.pop((one["pharmacy"], one["kind"]), None)
            if one["confirmed_at"] is not None:
                self.confirmed[one["pharmacy"], one["kind"]] = one["confirmed_at"]
        if self.region is not None and page["registers"]["places"] != self.places:
            self.moved(page["registers"]["places"])

    def moved(self, version):
        """Drop pharmacies that left the region, fetch what those ask that came."""
        before, self.homes, self.places = self.homes, self.pharmacies(), version
        for code in before | self.homes:
            if code not in self.homes or code not in before:
                self.offers = {key: row for key, row in self.offers.items() if key[0] != code}
                self.confirmed = {key: at for key, at in self.confirmed.items() if key[0] != code}
        for code in self.homes - before:
            self.fetched(code)

    def fetched(self, code):
        desk = replace(self.life.desk)
        for one in catalogue.offers_of_pharmacy(desk, code, limit=200)["items"]:
            row = one["fen"], one["stock"], one["held"], one["observed_at"]
            self.offers[code, one["drug"]["code"], one["kind"]] = row

    def seen(self):
        """Return the copy with each price as fresh as its list: what a mirror shows."""
        return seen(self.offers, self.confirmed)


def seen(offers, confirmed):
    """Return offers, each last seen when it was stated or when its whole list was."""
    return {
        key: (*row[:3], max(row[3], confirmed.get((key[0], key[2]), row[3]), key=instant))
        for key, row in offers.items()
    }
