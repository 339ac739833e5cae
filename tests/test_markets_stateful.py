"""Whatever is imported in whatever order: markets, statistics and flags are what a plain recomputation says."""

import shutil
import tempfile
import uuid
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from pricecompare.calc.days import day_number, iso
from pricecompare.calc.market import unpacked
from pricecompare.models import MarketKey
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import import_file
from pricecompare.services.ingest.decisions import confirm
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.store import create_store, open_store
from tests.conftest import NOW
from tests.made import CODES, POOLING, Shop, filled
from tests.plain_flags import flags_of, statistics_of, usual_spread
from tests.plain_timeline import PlainList, Quote, plain_timeline

SHOPS = [Shop(number, district, None, None) for number, district in enumerate([*POOLING] * 4, 1)]
FACTORS = st.sampled_from([100, 100, 100, 98, 95, 90, 105, 110, 120, 131, 150, 180, 250, 1000, 15])
ASKS = st.tuples(st.sampled_from(SHOPS), st.integers(0, 2), FACTORS, st.integers(0, 2))
FILES = st.lists(
    st.tuples(ASKS, st.sampled_from(["listed", "listed", "online"]), st.sampled_from([0, 0, 1, 5, 25, 30, 45])),
    min_size=1,
    max_size=30,
    unique_by=lambda row: (row[0][0], row[0][1], row[1]),
)
MAX_AGE = 30
SOME = settings(max_examples=30, stateful_step_count=16, deadline=None)
FEW = settings(max_examples=4, stateful_step_count=10, deadline=None)


class Imports(RuleBasedStateMachine):
    """A store, and beside it what each pharmacy asks as a plain dict."""

    def __init__(self, url):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.now, self.lists, self.live, self.home = (
            NOW,
            defaultdict(list),
            {},
            {shop.id: POOLING[shop.district] for shop in SHOPS},
        )
        self.store = create_store(url or str(self.folder / "prices.db"), cursor_key="test", max_age_days=MAX_AGE)
        self.desk = Desk(self.store, lambda: self.now)
        self.last = None

    def teardown(self):
        self.store.close()
        shutil.rmtree(self.folder)

    @initialize()
    def shops(self):
        filled(self.store, SHOPS)

    def imported(self, what, lines):
        path = self.folder / f"{what}.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        report = import_file(self.desk, what, path)
        assert report.errors == []
        # A guard puts aside a file with many prices that jumped; a person lets it count.
        aside = report.upload.state == "quarantined"
        return replace(report, upload=confirm(self.desk, report.upload.id)) if aside else report

    @rule(rows=FILES)
    def prices(self, rows):
        """A pharmacy's list comes in: new, late, corrected or the same."""
        self.last, said = ["pharmacy_code,drug_code,kind,price,observed_at,stock"], defaultdict(list)
        for (shop, drug, factor, stock), kind, age in rows:
            observed, fen = int((self.now - timedelta(days=age)).timestamp()), (drug + 1) * 7 * factor
            line = f"{shop.code},{CODES[drug]},{kind},{fen / 100:.2f},{iso(observed)},{['', 'in', 'out'][stock]}"
            self.last.append(line)
            held = self.is_held(MarketKey(self.home[shop.id], drug + 1, kind), shop.id, fen)
            said[shop.id, kind].append(Quote(drug + 1, fen, observed, stock, held))
        report = self.imported("prices", self.last)
        assert report.upload.refused == 0
        if report.repeated:
            self.last = None
        else:
            for place, quotes in said.items():
                self.lists[place].append(PlainList(report.upload.id, None, quotes))
            self.live = self.asked()

    def is_held(self, key, shop, fen):
        """Say whether a price is new and far from what the market, as it is stored, says."""
        n, middle = self.store.median_of(key)
        known = self.live.get((shop, key.drug_id, key.kind))
        return int(n >= 3 and (fen > 5 * middle or 5 * fen < middle) and (known is None or known[1] != fen))

    def asked(self):
        """Return (observed, fen, stock, held) by pharmacy, drug and kind: what all lists come to."""
        return {
            (shop, drug, kind): (observed, fen, stock, held)
            for (shop, kind), lists in self.lists.items()
            for drug, fen, observed, stock, held in plain_timeline(lists, max_age=MAX_AGE).offers
        }

    @rule(drug=st.integers(0, 2), step=st.sampled_from([0, 1, 3]), old=st.sampled_from([0, 25]), dear=st.integers(1, 9))
    def everybody(self, drug, step, old, dear):
        """Nearly everybody reports one drug, many on an earlier day, some too dear: enough for statistics and flags."""
        levels = {shop: (100 + shop.id * 7 % 11 * step) * (2 if shop.id % 10 == dear else 1) for shop in SHOPS[:-2]}
        self.prices([((shop, drug, levels[shop], 1), "listed", old if shop.id % 3 else 0) for shop in levels])

    @rule()
    def the_same_again(self):
        """A file that came before comes again and changes nothing; nor does it with a blank line more."""
        if self.last is not None:
            state, version = self.state(), self.store.versions()
            assert self.imported("prices", self.last).repeated
            assert (self.state(), self.store.versions()) == (state, version)
            # What is held would count from then on.
            if not any(quote.held for lists in self.lists.values() for one in lists for quote in one.quotes):
                report = self.imported("prices", [*self.last, ""])
                assert (report.upload.added, report.upload.changed, report.upload.refused) == (0, 0, 0)
                assert (self.state(), self.store.versions()) == (state, version)

    @rule(shop=st.sampled_from(SHOPS), district=st.sampled_from(list(POOLING)))
    def moves(self, shop, district):
        """A pharmacy comes under another region, its prices with it."""
        self.imported("pharmacies", ["pharmacy_code,name,region", f"{shop.code},第{shop.id}药店,{district}"])
        self.home[shop.id] = POOLING[district]

    @rule(days=st.sampled_from([1, 1, 6, 26, 31]))
    def time_passes(self, days):
        self.now += timedelta(days=days)

    @rule(aged=st.booleans())
    def rebuilt(self, aged):
        rebuild(self.desk, aged=aged)

    @invariant()
    def markets_are_what_is_asked(self):
        expected = defaultdict(list)
        for (shop, drug, kind), (observed, fen, stock, _) in sorted(self.live.items()):
            expected[MarketKey(self.home[shop], drug, kind)].append((shop, fen, observed, stock))
        found = {key: self.sellers(key) for key in self.keys(self.store)}
        assert found == expected

    @invariant()
    def after_a_rebuild_of_what_aged_all_is_right(self):
        """On a copy: a rebuild in each step would hide what adds up over several."""
        desk = self.copy()
        rebuild(desk, aged=True)
        assert self.statistics(desk.store) == self.plain_statistics()
        assert self.flags(desk.store) == self.plain_flags()
        state = self.state(desk.store)
        assert rebuild(desk).changed == 0
        assert self.state(desk.store) == state
        desk.store.close()

    def copy(self) -> Desk:
        there = self.folder / "copy"
        shutil.rmtree(there, ignore_errors=True)
        there.mkdir()
        for file in self.folder.glob("prices.db*"):
            shutil.copy(file, there)
        return Desk(open_store(str(there / "prices.db")), self.desk.clock)

    def keys(self, store):
        return [key for region in sorted(set(POOLING.values())) for key in store.market_keys(region)]

    def sellers(self, key):
        these = unpacked(self.store.market(key).sellers)
        return these[["pharmacy", "fen", "observed", "stock"]].tolist()

    def state(self, store=None):
        """Return everything derived but the versions of flags."""
        store = store or self.store
        return {key: store.market(key) for key in self.keys(store)}, self.flags(store), self.spreads(store)

    def spreads(self, store):
        sides = [(province, kind) for province in (44, 45) for kind in ("listed", "online")]
        return [(store.typical_spread(*side), store.spreads(*side)) for side in sides]

    def flags(self, store):
        return {
            flag[:18] for region in sorted(set(POOLING.values())) for flag in store.flags(region, most=10_000)
        }  # fmt: skip

    def statistics(self, store):
        return {
            key: (row.n, row.mean, row.median, row.stale, row.doubtful)
            for key in self.keys(store)
            if (row := store.market(key))
        }

    def fresh(self, observed):
        return day_number(observed) >= day_number(int(self.now.timestamp())) - MAX_AGE

    def quotes(self):
        """Return fresh prices as {(province, kind): {drug: [(region, shop, fen, observed, held)]}}."""
        found = defaultdict(lambda: defaultdict(list))
        for (shop, drug, kind), (observed, fen, _, held) in self.live.items():
            if self.fresh(observed):
                found[self.home[shop] // 10_000, kind][drug].append((self.home[shop], shop, fen, observed, held))
        return {side: {drug: sorted(rows) for drug, rows in drugs.items()} for side, drugs in found.items()}

    def plain_statistics(self):
        return statistics_of(self.live, self.home, self.quotes(), self.fresh)

    def plain_flags(self):
        return {
            flag
            for (_, kind), drugs in self.quotes().items()
            for drug, rows in drugs.items()
            for flag in flags_of(kind, drug, rows, usual_spread(drugs))
        }


class Served(Imports):
    """The same on a server: no copy, so what is derived is looked at once, at the end."""

    after_a_rebuild_of_what_aged_all_is_right = None

    def copy(self):
        return replace(self.desk)

    def teardown(self):
        Imports.after_a_rebuild_of_what_aged_all_is_right(self)
        super().teardown()


def test_any_order_of_imports_on_sqlite():
    run_state_machine_as_test(lambda: Imports(None), settings=SOME)


def test_any_order_of_imports_on_postgres(postgres_server):
    def served():
        name = f"t{uuid.uuid4().hex}"
        postgres_server.psql(f"CREATE DATABASE {name};")
        return Served(postgres_server.get_uri(name))

    run_state_machine_as_test(served, settings=FEW)
