"""A 304 is never wrong: as long as the tag of an answer is the same, so is every byte of it."""

from pathlib import Path
from tempfile import mkdtemp

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from pricecompare.services.ingest.decisions import release, retract
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.store import create_store
from tests.made import CODES
from tests.test_freshness import EVERYWHERE, HERE, PLACES, THERE, client_of
from tests.town import SHOPS, Town

DRUG, OTHER = CODES[0], CODES[3]


class Fresh(RuleBasedStateMachine):
    """Random uploads and decisions, every answer asked after each."""

    folder = None

    @initialize()
    def begin(self):
        folder = Path(mkdtemp(dir=type(self).folder))
        self.url = str(folder / "prices.db")
        self.town = Town(create_store(self.url, cursor_key="k", max_age_days=30), folder)
        self.town.take_all()
        self.client, self.seen, self.uploads = client_of(self.url), {}, []

    @rule(
        shop=st.sampled_from(SHOPS), drug=st.sampled_from((DRUG, OTHER)), fen=st.sampled_from((900, 1000, 9000)),
        day=st.sampled_from(("2026-10-01", "2026-10-30", "2026-11-01")), full=st.booleans(),
    )  # fmt: skip
    def price(self, shop, drug, fen, day, full):
        take = self.town.full if full else self.town.price
        self.uploads.append(take(f"{shop},{drug},{fen / 100},{day},listed,in").upload.id)

    @rule(shop=st.sampled_from(SHOPS), quantity=st.integers(1, 3))
    def sale(self, shop, quantity):
        header = "pharmacy_code,drug_code,month,quantity,amount"
        self.uploads.append(self.town.take("sales", f"{header}\n{shop},{DRUG},2026-09,{quantity},20\n").upload.id)

    @rule(shop=st.sampled_from(SHOPS), hours=st.sampled_from(("", "24/7", "08:00-12:00")), gone=st.booleans())
    def door(self, shop, hours, gone):
        day = "2026-10-30" if gone else ""
        self.town.take("pharmacies", f"code,opening_hours,closed_on\n{shop},{hours},{day}\n")

    @rule(shop=st.sampled_from(SHOPS), region=st.sampled_from(("990102", "990202")), lat=st.sampled_from((28.2, 29.9)))
    def move(self, shop, region, lat):
        header = "code,name,region,lat,lng,coord_type"
        self.town.take("pharmacies", f"{header}\n{shop},店,{region},{lat},113.0,wgs84\n")

    @rule(at=st.integers(0, 9))
    def take_back(self, at):
        mine = [one for one in self.uploads if self.town.store.upload(one).state == "taken"]
        if mine:
            retract(self.town.desk, mine[at % len(mine)])

    @rule()
    def let_go(self):
        for shop in SHOPS:
            this = self.town.store.pharmacy(shop)
            held = [row for row in self.town.store.offers_of_pharmacy(this.region_id, this.id) if row[4]]
            for drug, kind, *_ in held[:1]:
                code = self.town.store.drug_name(drug)[0]
                release(self.town.desk, shop, code, kind=kind)

    @rule(name=st.sampled_from(("青石区", "新区")))
    def rename(self, name):
        self.town.take("regions", f"code,name\n990102,{name}\n")

    @rule()
    def again(self):
        rebuild(self.town.desk)

    @invariant()
    def the_same_tag_is_the_same_answer(self):
        if not hasattr(self, "client"):
            return
        for address in [*(f"/api/v1/{one}" for one in EVERYWHERE), *PLACES[HERE].values(), *PLACES[THERE].values()]:
            answer = self.client.get(address)
            if answer.status_code == 200:
                before = self.seen.setdefault((address, answer.headers["ETag"]), answer.data)
                assert before == answer.data, address

    def teardown(self):
        if hasattr(self, "town"):
            self.town.store.close()


def test_a_304_is_never_wrong(tmp_path):
    Fresh.folder = tmp_path
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Fresh, settings=settings(max_examples=5, stateful_step_count=10, deadline=None, suppress_health_check=checks)
    )
