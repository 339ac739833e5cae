"""A desk that remembers answers as one that has just begun, whatever happened meanwhile and however often it asked."""

import shutil
import tempfile
import uuid
from datetime import timedelta
from itertools import product
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from pricecompare.calc.days import iso
from pricecompare.models.audit import Hand
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Asked
from pricecompare.services.ingest.decisions import confirm, release, retract
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.services.offers.compare import offers
from pricecompare.services.ruling import using
from pricecompare.services.statistics import standing
from pricecompare.store import create_store, open_store
from tests.conftest import NOW
from tests.made import CODES
from tests.plain_timeline import DAY
from tests.test_standards_sent import SHEET
from tests.town import SHOPS, Town

REGIONS, KINDS, DRUGS = ("990100", "990200"), ("listed", "online"), CODES[:3]
AGES = st.sampled_from([0, 0, 1, 2, 29, 30, 31, 32, 61])
ROW = st.tuples(
    st.sampled_from(DRUGS), st.sampled_from(KINDS), st.sampled_from((1000, 1010, 1100, 6000)), AGES, st.integers(0, 9)
)
ROWS = st.lists(ROW, min_size=1, max_size=5, unique_by=lambda row: (row[0], row[1], row[3]))
SHOP, PICK = st.sampled_from((SHOPS[0], SHOPS[1], SHOPS[6], SHOPS[8])), st.integers(0, 99)
SOME = settings(
    max_examples=30, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck),
    # To explain a failure takes longer than a test may.
    phases=[phase for phase in Phase if phase is not Phase.explain],
)  # fmt: skip
FEW = settings(SOME, max_examples=4)


def answers(desk, regions=REGIONS, drugs=DRUGS):
    """Return what is said of drugs now, and of the days before."""
    found = {}
    for region, drug, kind in product(regions, drugs, KINDS):
        asked, day = {"region": region, "kind": kind}, desk.today() - timedelta(days=20)
        found[region, drug, kind] = (
            standing.statistics(desk, drug, **asked),
            standing.statistics(desk, drug, **asked, as_of=day, months=3),
            offers(desk, drug, **asked, limit=50),
        )
    return found


class Lately(RuleBasedStateMachine):
    """A town that changes in all ways there are, and a server that now and then is asked about it."""

    def __init__(self, url):
        super().__init__()
        self.folder, self.days, self.minutes, self.busy = Path(tempfile.mkdtemp()), 0, 0, 0
        url = url or str(self.folder / "prices.db")
        self.town = Town(create_store(url, cursor_key="k", max_age_days=30), self.folder)
        self.town.desk = self.fresh()
        self.warm = Desk(open_store(url), lambda: self.now)

    def fresh(self):
        return Desk(self.town.store, lambda: self.now)

    @property
    def now(self):
        return NOW + timedelta(days=self.days, minutes=self.minutes)

    def teardown(self):
        self.warm.store.close()
        self.town.store.close()
        shutil.rmtree(self.folder)

    @initialize()
    def there_is_a_town(self):
        self.town.take_all()

    @rule(times=st.integers(1, 3))
    def nobody_asks(self, times):
        self.busy = times

    @invariant()
    def asked(self):
        self.busy, self.minutes = self.busy - 1, self.minutes + 1
        if self.busy < 0:
            assert answers(self.warm) == answers(self.fresh())

    @rule(region=st.sampled_from(REGIONS), drug=st.sampled_from(DRUGS))
    def asked_of_one(self, region, drug):
        assert answers(self.warm, [region], [drug]) == answers(self.fresh(), [region], [drug])

    @rule(shop=SHOP, rows=ROWS, mode=st.sampled_from(("changes", "changes", "full")))
    def prices(self, shop, rows, mode):
        self.town.price(*self.lines(shop, rows), asked=Asked(mode=mode))

    @rule(shop=SHOP, cheaper=st.integers(0, 4), age=st.sampled_from((0, 0, 0, 1, 31)))
    def daily_list(self, shop, cheaper, age):
        """All of a pharmacy's list again, perhaps one price another: what comes every day."""
        rows = [(drug, kind, 1000 + (at == cheaper), age, 1) for at, drug in enumerate(DRUGS) for kind in KINDS]
        self.town.price(*self.lines(shop, rows), asked=Asked(mode="full"))

    @rule(shop=SHOP, rows=ROWS, later=st.booleans())
    def put_aside(self, shop, rows, later):
        """Prices of tomorrow are many: a person lets the others count, perhaps after newer ones."""
        report = self.town.price(*self.lines(shop, [*rows, *((*row[:3], -2, 1) for row in rows)]))
        if later:
            self.prices(shop, rows, "full")
        if report.upload.state == "quarantined":
            confirm(self.town.desk, report.upload.id)

    @rule(pick=PICK)
    def taken_back(self, pick):
        # All but the first: without that there is little left to be remembered.
        mine = [one.id for one in self.town.store.uploads(most=99, what="prices", state="taken")][:-1]
        if mine:
            retract(self.town.desk, mine[pick % len(mine)])

    @rule()
    def released(self):
        for shop in SHOPS:
            this = self.town.store.pharmacy(shop)
            held = [row for row in self.town.store.offers_of_pharmacy(this.region_id, this.id) if row[4]]
            for drug, kind, *_ in held[:1]:
                release(self.town.desk, shop, self.town.store.drug_name(drug)[0], kind=kind)

    @rule(shop=SHOP, closed=st.sampled_from(("", "2026-10-20", "2026-10-30")))
    def closes(self, shop, closed):
        self.town.take("pharmacies", f"code,closed_on\n{shop},{closed}\n")

    @rule(shop=SHOP, region=st.sampled_from(("990102", "990202")))
    def moves(self, shop, region):
        self.town.take("pharmacies", f"code,name,region\n{shop},店,{region}\n")

    @rule(name=st.sampled_from(("青石区", "新区")))
    def registers(self, name):
        self.town.take("regions", f"code,name\n990102,{name}\n")
        self.town.take("drugs", f"drug_code,generic_name\n{CODES[0]},{name}\n")

    @rule(yuan=st.sampled_from(("9.50", "12.00")))
    def standards(self, yuan):
        sheet = SHEET.replace("9.50", yuan)
        self.town.take("standards", sheet, region="990000", since="2026-01-01")

    @rule(word=st.sampled_from("甲乙"))
    def groups(self, word):
        rows = "".join(f"{code},{word},{word},同,王\n" for code in CODES[:2])
        self.town.take("groups", f"drug_code,product_group,generic_group,reason,who\n{rows}")

    @rule(name=st.sampled_from(("plain-130", "online-counter")))
    def rules(self, name):
        using.use(self.town.desk, "990100", name, by=Hand("王", "cli:wang", "试"))

    @rule(days=st.sampled_from((-1, 1, 1, 9, 31)), nightly=st.booleans())
    def time_passes(self, days, nightly):
        self.days += days
        if nightly:
            rebuild(self.town.desk, aged=True)

    @rule()
    def again(self):
        rebuild(self.town.desk)

    def lines(self, shop, rows):
        now = int(self.now.timestamp())
        return [
            f"{shop},{drug},{fen / 100},{iso(now - age * DAY)},{kind},{stock}" for drug, kind, fen, age, stock in rows
        ]


def test_nothing_old_is_remembered_on_sqlite():
    run_state_machine_as_test(lambda: Lately(None), settings=SOME)


def test_nothing_old_is_remembered_on_postgres(postgres_server):
    def served():
        name = f"t{uuid.uuid4().hex}"
        postgres_server.psql(f"CREATE DATABASE {name};")
        return Lately(postgres_server.get_uri(name))

    run_state_machine_as_test(served, settings=FEW)
