"""The feed of changes: who follows it from anywhere, in whatever pages, has what the store has."""

import uuid

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from tests.mirror import Copy, Life, seen

SOME = settings(max_examples=50, stateful_step_count=30, deadline=None)
FEW = settings(max_examples=5, stateful_step_count=20, deadline=None)
REGIONS = (440300, 440400, 450100)


class Followed(Life):
    """Copies that began anywhere follow in pages of any size, never in step with what comes."""

    def __init__(self, url=None):
        super().__init__(url)
        self.copies = [Copy(self, REGIONS).emptied(), *(Copy(self, (region,), f"{region}") for region in REGIONS[:2])]

    @precondition(lambda self: len(self.copies) < 6)
    @rule()
    def another(self):
        self.copies.append(Copy(self, REGIONS))

    @rule(which=st.integers(0, 5), limit=st.sampled_from([1, 2, 3, 1000]), most=st.integers(1, 3))
    def follows(self, which, limit, most):
        self.copies[which % len(self.copies)].pages(limit, most)

    @invariant()
    def who_has_read_all_has_all(self):
        for copy in self.copies:
            if copy.cursor is None and copy.since == self.store.versions().data:
                self.agrees(copy)

    def agrees(self, copy):
        offers, confirmed = self.asked_now(*copy.regions), self.confirmed_now(*copy.regions)
        assert copy.seen() == seen(offers, confirmed)
        if copy.region is None:
            assert (copy.offers, copy.confirmed) == (offers, confirmed)

    def teardown(self):
        for copy in self.copies:
            assert copy.pages(2, 10_000)
            self.agrees(copy)
        super().teardown()


def test_copies_follow_on_sqlite():
    run_state_machine_as_test(Followed, settings=SOME)


def test_copies_follow_on_postgres(postgres_server):
    def machine():
        name = f"t{uuid.uuid4().hex}"
        postgres_server.psql(f"CREATE DATABASE {name};")
        return Followed(postgres_server.get_uri(name))

    run_state_machine_as_test(machine, settings=FEW)
