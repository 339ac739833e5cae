"""Prices, steps, batches and retractions in any order: every case is where the plain rules have it."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pricecompare.calc.cases import STEPS
from pricecompare.models.audit import Hand
from pricecompare.services.cases import Asked, batch, step, undo
from pricecompare.services.ingest.decisions import retract
from pricecompare.store import create_store
from tests.plain_cases import PlainCase
from tests.taken_up import REGION, price
from tests.test_cases import FROM
from tests.town import Town

BY = Hand("王", "cli", "因为")
SHOPS = st.integers(4, 6)
"""Those whose prices move; the others are there to be compared with."""

PRICES = st.sampled_from(["10.00", "10.60", "12.00", "20.00", "20.00", "22.00", "1.00", "98.00"])
ROWS = st.dictionaries(SHOPS, PRICES, min_size=1)
ACTIONS = st.sampled_from(sorted(name for name, one in STEPS.items() if one.role != "system"))
BATCHES = st.sampled_from(["screen", "screen", "remind", "dismiss", "review", "close"])
PICK = st.integers(0, 99)
SOME = settings(max_examples=30, stateful_step_count=20, deadline=None)


class Cases(RuleBasedStateMachine):
    """A town, and beside it every case as a plain record by pharmacy."""

    def __init__(self, url=None):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store = create_store(url or str(self.folder / "prices.db"), cursor_key="test", max_age_days=30)
        self.town = Town(self.store, self.folder)
        self.cases, self.uploads, self.batches = {}, [], []
        self.day = 8

    def teardown(self):
        self.store.close()
        shutil.rmtree(self.folder)

    @initialize()
    def all_ask_the_usual(self):
        self.town.take_all(until="prices")
        self._took({shop: "20.00" if shop == 6 else f"{10 + shop / 10:.2f}" for shop in range(7)}, 5)

    def _took(self, rows, day):
        report = self.town.price(*(price(shop, yuan, f"{day:02d}").strip() for shop, yuan in rows.items()))
        self.uploads.append(report.upload.id)
        self._follow()

    @rule(rows=ROWS)
    def prices_come(self, rows):
        self.day = min(self.day + 1, 31)
        self._took(rows, self.day)

    @rule(rows=ROWS, day=st.integers(3, 12))
    def prices_come_late(self, rows, day):
        self._took(rows, day)

    @rule(yuan=st.sampled_from([10.0, 18.0]))
    def the_market_moves(self, yuan):
        self.day = min(self.day + 1, 31)
        self._took({shop: f"{yuan + shop / 10:.2f}" for shop in range(4)}, self.day)

    @precondition(lambda self: len(self.uploads) > 1)
    @rule(pick=PICK)
    def an_upload_is_taken_back(self, pick):
        upload = self.uploads.pop(1 + pick % (len(self.uploads) - 1))
        if self.store.upload(upload).state == "taken":
            retract(self.town.desk, upload, by=BY)
            self._follow()

    def _flags(self):
        return {row.pharmacy_id: (row.fen, row.class_) for row in self.store.flags(int(REGION), most=99)}

    def _asked(self, pharmacy, *, sound=False):
        rows = self.store.offers_of_pharmacy(int(REGION), pharmacy)
        return next((fen for _, _, fen, _, held, _ in rows if not (sound and held)), None)

    def _follow(self):
        flags = self._flags()
        for pharmacy, case in self.cases.items():
            case.follow(flags.get(pharmacy), self._asked(pharmacy, sound=True))

    @rule(pick=PICK, action=ACTIONS)
    def somebody_takes_a_step(self, pick, action):
        flags = self._flags()
        known = sorted({*flags, *self.cases})
        if not known:
            return
        pharmacy = known[pick % len(known)]
        state = self.cases[pharmacy].state if pharmacy in self.cases else "found"
        if action in FROM[state].split():
            step(self.town.desk, f"{pharmacy}-1-listed", Asked(action, STEPS[action].role, BY))
            self._stepped(pharmacy, action, flags)

    def _stepped(self, pharmacy, action, flags):
        case = self.cases.setdefault(pharmacy, None) or PlainCase(*flags[pharmacy])
        self.cases[pharmacy] = case
        before = case.state
        case.step(STEPS[action].after, self._asked(pharmacy))
        return pharmacy, before, case.revision

    @rule(action=BATCHES)
    def many_are_stepped_at_once(self, action):
        flags = self._flags()
        states = {one: self.cases[one].state if one in self.cases else "found" for one in flags}
        done = batch(self.town.desk, REGION, Asked(action, "regulator", BY))
        fitting = [one for one in sorted(flags) if action in FROM[states[one]].split()]
        assert (done["done"], sum(done["left"].values())) == (len(fitting), len(flags) - len(fitting))
        if fitting:
            self.batches.append((done["batch"], [self._stepped(one, action, flags) for one in fitting]))

    @precondition(lambda self: self.batches)
    @rule(pick=PICK)
    def a_batch_is_taken_back(self, pick):
        number, steps = self.batches.pop(pick % len(self.batches))
        back = [(one, before) for one, before, revision in steps if self.cases[one].revision == revision]
        found = undo(self.town.desk, number, by=BY)
        assert (found["undone"], found["moved_since"]) == (len(back), len(steps) - len(back))
        for pharmacy, before in back:
            case = self.cases[pharmacy]
            case.step(before, self._asked(pharmacy))
            case.mended = case.mended and before == "reviewed"
        for pharmacy, case in self.cases.items():
            case.mend(self._asked(pharmacy, sound=True))

    @invariant()
    def every_case_is_where_it_belongs(self):
        stored = {case.pharmacy_id: case for case in self.store.cases(int(REGION), most=99)}
        assert {
            one: (case.state, bool(case.standing), bool(case.mended), case.revision, case.fen)
            for one, case in stored.items()
        } == {
            one: (case.state, case.standing, case.mended, case.revision, case.fen) for one, case in self.cases.items()
        }

    @invariant()
    def every_history_is_whole(self):
        for case in self.store.cases(int(REGION), most=99):
            steps = self.store.steps(case.id)
            assert [one.revision for one in steps] == list(range(1, case.revision + 1))
            assert [one.before for one in steps] == ["found", *(one.after for one in steps[:-1])]


def test_cases_follow_the_plain_rules():
    run_state_machine_as_test(Cases, settings=SOME)
