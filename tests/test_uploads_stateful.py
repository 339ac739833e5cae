"""Uploads and decisions in any order: what is kept is what a plain replay of all that counts comes to."""

import shutil
import tempfile
import uuid
from dataclasses import replace
from operator import itemgetter
from pathlib import Path

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pricecompare.calc.days import iso
from pricecompare.calc.market import HELD, unpacked
from pricecompare.calc.packing import CHANGED, EFFECT, GONE, NEW
from pricecompare.calc.packing import unpacked as told
from pricecompare.models import STOCKS, MarketKey, Upload
from pricecompare.models.audit import Hand
from pricecompare.services.ingest import Asked, import_file
from pricecompare.services.ingest.decisions import confirm, reject, release, retract
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.store import create_store
from tests.conftest import NOW
from tests.made import CODES, Shop, desk_of, filled
from tests.plain_timeline import DAY, Quote
from tests.plain_uploads import Pair, PlainUploads

REGION, KINDS, MAX_AGE = 440300, ("listed", "online"), 30
SHOPS = [Shop(number, 440305 + number % 2, None, None) for number in range(1, 5)]
"""The first two send what comes to mind; the other two are there to be compared with."""

SECOND = int(NOW.timestamp())
AGES = st.sampled_from([0, 1, 2, 3, 29, 30, 31, 32, 61])
PRICES = st.sampled_from([1000, 1000, 1100, 6000, 150])
ROWS = st.lists(
    st.tuples(st.integers(1, 2), st.sampled_from(KINDS), st.integers(1, 3), PRICES, AGES, st.integers(0, 2)),
    min_size=1,
    max_size=9,
    unique_by=itemgetter(0, 1, 2, 4),
)
BAD = [(), (), (), (SHOPS[1],), (SHOPS[0], "tomorrow")]
"""Which pharmacy has rows that are refused, and whether so many of tomorrow that the file is put aside."""
PICK = st.integers(0, 99)
# To explain a failure takes longer than a test may.
PHASES = [phase for phase in Phase if phase is not Phase.explain]
SOME = settings(max_examples=25, stateful_step_count=14, deadline=None, phases=PHASES)
FEW = settings(SOME, max_examples=4)
DERIVED = ("offer", "price_change", "list_run", "market", "flag")


class Uploads(RuleBasedStateMachine):
    """A store, and beside it every upload and decision as a plain list."""

    def __init__(self, url):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store = create_store(url or str(self.folder / "prices.db"), cursor_key="test", max_age_days=MAX_AGE)
        self.desk, self.plain = desk_of(self.store), PlainUploads(now=SECOND, max_age=MAX_AGE)
        self.sent = {}

    def teardown(self):
        self.store.close()
        shutil.rmtree(self.folder)

    @initialize()
    def two_ask_something(self):
        filled(self.store, SHOPS)
        asks = [(shop, kind, drug, 1000 + 10 * shop, 1, 1) for shop in (3, 4) for kind in KINDS for drug in (1, 2, 3)]
        self.comes(asks, "changes")

    @rule(rows=ROWS, mode=st.sampled_from(["changes", "changes", "full"]), bad=st.sampled_from(BAD))
    def comes(self, rows, mode, bad=()):
        """A file comes; one with many prices of tomorrow is put aside. A dry run does the same and leaves no trace."""
        content = self.written(rows, bad)
        before, asked = self.everything(), Asked(mode=mode)
        dry = self.imported(content, replace(asked, dry=True))
        assert self.everything() == before
        report = self.imported(content, asked)
        assert (dry.upload, dry.findings) == (report.upload, report.findings)
        if report.repeated:
            assert self.everything() == before
            return
        self.sent[report.upload.id] = content, asked
        lists = {}
        for shop, kind, drug, fen, age, stock in sorted(rows):
            lists.setdefault(Pair(shop, kind), []).append(Quote(drug, fen, SECOND - age * DAY, stock))
        state = "quarantined" if "tomorrow" in bad else "taken"
        # Where a row was refused, what is missing may be just that: the list is not whole.
        whole = {shop for shop in (1, 2, 3, 4) if mode == "full" and SHOPS[shop - 1] not in bad}
        did = self.did(lambda: self.plain.comes(report.upload.id, lists, whole=whole, state=state))
        self.agrees(report.upload, state, did, before)

    @rule(pick=PICK)
    @precondition(lambda self: self.in_state("quarantined"))
    def confirmed(self, pick):
        number, before = self.one(pick, "quarantined"), self.everything()
        upload = confirm(self.desk, number, by=Hand("甲"))
        self.agrees(upload, "taken", self.did(lambda: self.plain.confirmed(number)), before)

    @rule(pick=PICK)
    @precondition(lambda self: self.in_state("quarantined"))
    def rejected(self, pick):
        number, before = self.one(pick, "quarantined"), self.everything()
        self.plain.came[number].state = "rejected"
        self.agrees(reject(self.desk, number), "rejected", {}, before)

    @rule(pick=PICK)
    @precondition(lambda self: self.in_state("taken"))
    def taken_back(self, pick):
        number, before = self.one(pick, "taken"), self.everything()
        decision = retract(self.desk, number)
        did = self.did(lambda: setattr(self.plain.came[number], "state", "retracted"))
        assert self.store.upload(number).state == "retracted"
        self.agrees(decision, "taken", did, before)

    @rule(pick=PICK)
    @precondition(lambda self: self.held())
    def released(self, pick):
        """A person vouches for a price that is held."""
        (pair, drug), before = self.held()[pick % len(self.held())], self.everything()
        fen = self.plain.offers()[pair, drug][0]
        decision = release(self.desk, SHOPS[pair.shop - 1].code, CODES[drug - 1], kind=pair.kind)
        self.plain.vouched[pair].add((drug, fen))
        self.agrees(decision, "taken", {}, before)

    @rule(pick=PICK)
    @precondition(lambda self: self.in_state("taken"))
    def the_same_bytes_again(self, pick):
        number, before = self.one(pick, "taken"), self.everything()
        report = self.imported(*self.sent[number])
        assert report.repeated and self.plain.came[report.upload.id].state in ("taken", "quarantined")
        assert self.everything() == before

    @invariant()
    def all_is_what_the_replay_says(self):
        for pair in self.plain.pairs():
            line = self.plain.line(pair)
            rows = [row for row in self.store.offers_of_pharmacy(REGION, pair.shop) if row[1] == pair.kind]
            assert [(drug, fen, at, stock, held) for drug, _, fen, stock, held, at in rows] == line.offers
            for drug in (1, 2, 3):
                steps = self.store.history(REGION, pair.shop, drug, pair.kind)
                assert [
                    (drug, since, fen, -1 if seen is None else seen, held, by) for since, fen, seen, held, by in steps
                ] == [step for step in line.steps if step[0] == drug]
            runs = [tuple(row[1:]) for row in self.store.runs(REGION, pair.kind) if row[0] == pair.shop]
            assert runs == line.runs

    @invariant()
    def markets_are_what_is_asked(self):
        markets = self.plain.markets()
        assert {(key.drug_id, key.kind) for key in self.store.market_keys(REGION)} == set(markets)
        for (drug, kind), sellers in markets.items():
            row = self.store.market(MarketKey(REGION, drug, kind))
            rows = unpacked(row.sellers)[["pharmacy", "fen", "observed", "stock", "mark"]].tolist()
            assert [(*one[:4], one[4] == HELD) for one in rows] == [(*one[:4], bool(one.held)) for one in sellers]
            assert (row.n, row.mean, row.median, row.stale, row.doubtful) == self.plain.figures(sellers)

    @invariant()
    def a_rebuild_changes_nothing(self):
        before = self.figures()
        assert rebuild(self.desk).changed == 0
        assert self.figures() == before

    def figures(self):
        """Return all there is, but when markets age: a list merely confirmed leaves that to `rebuild --aged`."""
        markets = {
            key: self.store.market(key)._replace(ages_on="", data_version=0) for key in self.store.market_keys(REGION)
        }
        return {**self.everything(), "market": markets}

    def agrees(self, upload: Upload, state, did, before):
        """Compare a row of the ledger, and what it says it did, with what became of the offers."""
        after = self.everything()
        assert (self.store.upload(upload.id), upload.state) == (upload, state)
        if upload.about_id is None and state == "taken" and upload.what == "prices":
            counts = (upload.added, upload.changed, upload.unchanged, upload.late, upload.refused, upload.filtered)
            assert upload.rows == sum(counts) and min(counts) >= 0
        if state == "taken" and upload.what != "release":
            assert (upload.added, upload.gone) == (list(did.values()).count(NEW), list(did.values()).count(GONE))
        assert {where: what for where, what in self.effects(upload.id).items() if what in (NEW, CHANGED, GONE)} == did
        moved = [table for table in DERIVED if after[table] != before[table]]
        assert (upload.data_version is not None) >= bool(moved), moved
        assert upload.data_version in (None, self.store.versions().data)

    def did(self, change):
        """Return what a change of the plain list does to offers, by pair and drug."""
        old = self.plain.offers()
        change()
        new = self.plain.offers()
        found = {
            where: NEW if where not in old else CHANGED for where in new if old.get(where, (0,))[0] != new[where][0]
        }
        return found | dict.fromkeys(old.keys() - new.keys(), GONE)

    def effects(self, upload):
        return {
            (Pair(shop, kind), drug): what
            for shop, kind, _, layout, stored in self.store.effects(upload)
            for drug, what, *_ in told(stored, EFFECT, layout=layout).tolist()
        }

    def written(self, rows, bad):
        lines = [
            f"{SHOPS[shop - 1].code},{CODES[drug - 1]},{kind},{fen / 100},{iso(SECOND - age * DAY)},{STOCKS[stock]}"
            for shop, kind, drug, fen, age, stock in rows
        ]
        price, day = ("1", "2026-11-02") if "tomorrow" in bad else ("免费", "2026-11-01")
        refused = [f"{shop.code},{CODES[0]},listed,{price},{day},in" for shop in bad[:1]] * 2
        return "\n".join(["pharmacy_code,drug_code,kind,price,observed_at,stock", *lines, *refused])

    def imported(self, content, asked):
        (self.folder / "prices.csv").write_text(content, "utf-8")
        return import_file(self.desk, "prices", self.folder / "prices.csv", asked)

    def everything(self):
        tables = ("upload", "quote_list", "effect", "vouched", "meta", *DERIVED)
        return {table: sorted(map(repr, self.store.engine.rows(f"SELECT * FROM {table}", {}))) for table in tables}  # noqa: S608

    def in_state(self, state):
        return [number for number, came in self.plain.came.items() if came.state == state]

    def one(self, pick, state):
        return self.in_state(state)[pick % len(self.in_state(state))]

    def held(self):
        return [where for where, offer in sorted(self.plain.offers().items()) if offer[3]]


def test_any_order_of_uploads_and_decisions_on_sqlite():
    run_state_machine_as_test(lambda: Uploads(None), settings=SOME)


def test_any_order_of_uploads_and_decisions_on_postgres(postgres_server):
    def served():
        name = f"t{uuid.uuid4().hex}"
        postgres_server.psql(f"CREATE DATABASE {name};")
        return Uploads(postgres_server.get_uri(name))

    run_state_machine_as_test(served, settings=FEW)
