"""The audit trail: what is noted, listed and verified, whoever writes at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from pricecompare.errors import Conflict, Invalid, NotFound
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.ingest import Asked
from pricecompare.services.ingest.decisions import confirm, reject, release, retract
from pricecompare.services.uploads import guarding, layouts
from pricecompare.store import open_store
from pricecompare.store.base import QUERIES
from tests.conftest import NOW
from tests.made import CODES, desk_of
from tests.test_layouts_kept import TEXT
from tests.town import ALL, DRUGS, REGIONS, SHOPS, Town

WANG = Hand("王", "cli:wang", "按票据")


@pytest.fixture
def desk(store):
    return desk_of(store)


def noted(desk, *words):
    """Note one entry for each word."""
    for word in words:
        with desk.store.writing():
            audit.note(desk, word, f"thing {word}", by=WANG, before={"n": 1.5}, after=["药", None])


def told(desk):
    """Return what the trail tells of each entry, oldest first."""
    names = ("who", "origin", "what", "about", "before", "after", "why")
    return [tuple(one[name] for name in names) for one in audit.entries(desk, limit=200)["items"][::-1]]


def test_an_entry_comes_back_as_it_was_noted(desk):
    noted(desk, "tried")
    assert told(desk) == [("王", "cli:wang", "tried", "thing tried", {"n": 1.5}, ["药", None], "按票据")]
    assert audit.entry(desk, 1)["at"] == "2026-11-01T12:00:00+08:00"
    with pytest.raises(NotFound):
        audit.entry(desk, 2)


def test_an_entry_is_there_with_its_change_or_not_at_all(desk):
    with pytest.raises(Conflict), desk.store.writing():
        audit.note(desk, "tried", "", by=WANG)
        raise Conflict("integrity", reason="")
    assert (told(desk), desk.store.audit_head()) == ([], None)


def test_what_somebody_said_is_one_line_of_text(desk):
    with desk.store.writing():
        audit.note(desk, "tried", "a\nb", by=Hand("", "cli:\0x", "y" * 900))
    (entry,) = told(desk)
    assert (entry[0], entry[3], len(entry[6])) == ("cli:\ufffdx", "a\ufffdb", 500)


def test_entries_are_found_by_what_who_about_and_day(desk):
    noted(desk, "a", "b", "a")
    found = {
        (("what", "a"),): [3, 1], (("what", "c"),): [], (("who", "王"),): [3, 2, 1], (("about", "thing b"),): [2],
        (("about", "%"),): [], (("since", date(2026, 11, 1)),): [3, 2, 1], (("until", date(2026, 10, 31)),): [],
        (("until", date(2026, 11, 1)), ("what", "b")): [2],
    }  # fmt: skip
    assert {asked: [one["id"] for one in audit.entries(desk, **dict(asked))["items"]] for asked in found} == found


def test_pages_follow_each_other(desk):
    noted(desk, *"abcde")
    first = audit.entries(desk, limit=2)
    second = audit.entries(desk, limit=2, cursor_given=first["next"])
    last = audit.entries(desk, limit=2, cursor_given=second["next"])
    assert [[one["id"] for one in page["items"]] for page in (first, second, last)] == [[5, 4], [3, 2], [1]]
    assert last["next"] is None
    with pytest.raises(Invalid):
        audit.entries(desk, limit=2, what="a", cursor_given=first["next"])


CHANGED = {
    "changed": ("UPDATE audit SET why = 'x' WHERE id = 2", (2, "changed")),
    "removed": ("DELETE FROM audit WHERE id = 2", (2, "missing")),
    "cut off": ("DELETE FROM audit WHERE id > 1", (2, "missing")),
    "all gone": ("DELETE FROM audit", (1, "missing")),
    "head gone": ("DELETE FROM meta WHERE name = 'audit_head'", (1, "added")),
    "head spoilt": ("UPDATE meta SET value = 'x' WHERE name = 'audit_head'", (1, "added")),
    "added": ("INSERT INTO audit SELECT 4, at, who, origin, what, about, before, after, why, hash, hash FROM audit "
              "WHERE id = 3", (4, "changed")),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "found"), CHANGED.values(), ids=CHANGED)
def test_what_is_done_to_the_table_is_found(desk, sql, found):
    noted(desk, *"abc")
    head = audit.verified(desk)["head"]
    assert audit.verified(desk, head)["first_break"] is None
    desk.store.engine.rows(sql, {})
    assert tuple(audit.verified(desk)["first_break"].values()) == found


def test_a_head_that_was_written_down_finds_a_trail_made_anew(desk):
    noted(desk, "a", "b")
    head = audit.verified(desk)["head"]
    for statement in ("DELETE FROM audit", "DELETE FROM meta WHERE name = 'audit_head'"):
        desk.store.engine.rows(statement, {})
    noted(desk, "a", "c", "d")
    assert audit.verified(desk)["first_break"] is None
    assert audit.verified(desk, head)["first_break"] == {"id": 2, "fault": "changed"}


@pytest.mark.parametrize("head", ["", "1", "x:" + "0" * 64, "-1:" + "0" * 64, "1:abc", "٣:" + "0" * 64])
def test_what_is_no_head_is_refused(desk, head):
    with pytest.raises(Invalid, match="head"):
        audit.read_head(head)


def test_writers_at_the_same_time_make_one_chain(url, store):
    desks = [desk_of(open_store(url)) for _ in range(3)]

    def write(desk):
        noted(desk, *"abcdefgh")
        desk.store.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(write, desks))
    found = audit.verified(desk_of(store))
    assert (found["entries"], found["first_break"], found["head"].partition(":")[0]) == (24, None, "24")


def test_no_statement_changes_or_removes_an_entry():
    touching = {name for name, sql in QUERIES.items() if " audit" in sql.replace("\n", " ")}
    assert {QUERIES[name].split()[0] for name in touching} == {"INSERT", "SELECT"}


@pytest.fixture
def town(store, tmp_path):
    return Town(store, tmp_path)


def test_registers_are_noted_once_for_each_file_that_changed_something(town):
    town.take_all()
    kinds = ("regions", "drugs", "pharmacies")
    entries = told(town.desk)
    assert [entry[3] for entry in entries] == [f"{what} upload {number}" for number, what in enumerate(kinds, 1)]
    sha256 = town.store.upload(2).sha256
    after = {"file": "drugs.csv", "sha256": sha256, "rows": 4, "added": 4, "changed": 0, "refused": 0}
    assert entries[1][4:6] == (None, after)
    for what in kinds:
        town.take(what, ALL[what] + "\n")
    assert told(town.desk) == entries
    town.take("drugs", DRUGS.replace("药1", "新名"), Asked(sender="王", origin="cli:wang"))
    assert told(town.desk)[3][:3] == ("王", "cli:wang", "register_imported")


def test_a_dry_run_is_not_noted(town):
    town.take("regions", REGIONS, Asked(dry=True))
    assert told(town.desk) == []


def few(town):
    """Return an upload that a guard puts aside, of a few rows after a whole list."""
    rows = [f"{SHOPS[0]},{code},10,2026-10-20,listed,in" for code in CODES]
    town.full(*rows, source="s")
    return town.full(rows[0].replace("10-20", "10-21"), source="s").upload


def test_decisions_are_noted_with_what_came_of_them(town):
    town.take_all(until="prices")
    aside = few(town)
    assert aside.state == "quarantined"
    reject(town.desk, aside.id, by=WANG)
    first = told(town.desk)[3]
    assert first[:5] == ("王", "cli:wang", "upload_rejected", f"upload {aside.id}", {"state": "quarantined"})
    assert (first[5], first[6]) == ({"state": "rejected", "decision": aside.id + 1}, "按票据")
    retract(town.desk, aside.id - 1, by=WANG)
    assert told(town.desk)[4][2:6] == (
        "upload_retracted", f"upload {aside.id - 1}", {"state": "taken"},
        {"state": "retracted", "decision": aside.id + 2, "gone": 4},
    )  # fmt: skip
    with pytest.raises(Conflict):
        retract(town.desk, aside.id, by=WANG)
    assert len(told(town.desk)) == 5


def test_a_confirmation_and_a_release_are_noted(town):
    town.take_all(until="prices")
    aside = few(town)
    confirm(town.desk, aside.id, by=WANG)
    assert told(town.desk)[3][2:5] == ("upload_confirmed", f"upload {aside.id}", {"state": "quarantined"})
    town.price(*(f"{shop},{CODES[1]},10,2026-10-30,listed,in" for shop in SHOPS[1:]))
    town.price(f"{SHOPS[0]},{CODES[1]},1000,2026-10-31,listed,in")
    release(town.desk, SHOPS[0], CODES[1], by=WANG)
    about, before, after = told(town.desk)[4][3:6]
    assert (about, before) == (f"price {SHOPS[0]} {CODES[1]} listed", {"fen": 100_000, "held": True})
    assert (after["fen"], after["held"]) == (100_000, False)


def test_layouts_and_limits_are_noted(desk):
    for version in (1, 1, 2):
        layouts.add(desk, TEXT.format(version, "价"), by=WANG)
    layouts.remove(desk, "chain", by=WANG)
    guarding.set_limit(desk, "", "least_share", 0.25, by=WANG)
    guarding.set_limit(desk, "s", "least_share", None, by=WANG)
    entries = told(desk)
    assert [entry[2:4] for entry in entries] == [
        ("layout_put", "layout chain@1"), ("layout_put", "layout chain@2"), ("layout_removed", "layout chain@2"),
        ("guard_set", "guard least_share of all"), ("guard_set", "guard least_share of s"),
    ]  # fmt: skip
    assert (entries[1][4], entries[2][4]["text"]) == ({"version": 1}, TEXT.format(2, "价"))
    assert (entries[3][4]["set"], entries[3][5]) == (False, {"value": 0.25, "set": True})
    assert (entries[4][4]["value"], entries[4][5]) == (0.25, {"value": None, "set": False})


def run(url, *command):
    return CliRunner().invoke(main, ["--db", url, *command], env={"PRICECOMPARE_NOW": NOW.isoformat()})


def test_the_command_lists_and_verifies(url, desk):
    noted(desk, "a", "b")
    assert "thing b" in run(url, "audit", "list", "--what", "b").output
    whole = run(url, "audit", "verify")
    head = whole.output.splitlines()[1].removeprefix("head ")
    assert (whole.exit_code, whole.output.splitlines()[0]) == (
        0,
        "2 entries; none was changed, is missing or was added.",
    )
    assert run(url, "audit", "verify", "--head", head).exit_code == 0
    desk.store.engine.rows("DELETE FROM audit WHERE id = 1", {})
    broken = run(url, "audit", "verify")
    assert (broken.exit_code, broken.output) == (5, "1 entries. Entry 1 is missing: do not trust it or what follows.\n")
    assert run(url, "audit", "verify", "--json").exit_code == 5
    assert "bad_head" in run(url, "audit", "verify", "--head", "x").output


def test_a_command_is_noted_by_its_account(url, desk):
    run(url, "guards", "--set", "least_share=0.2", "--why", "节假日")
    (entry,) = told(desk)
    assert (entry[0], entry[1][:4], entry[6]) == (entry[1], "cli:", "节假日")
