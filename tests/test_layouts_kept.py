"""Layouts that come with the program, those that are stored, and which one a file is written in."""

import json

import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from pricecompare.errors import Conflict, Invalid, NotFound, Unreadable
from pricecompare.schemas.rows import ROWS
from pricecompare.services.desk import Desk
from pricecompare.services.uploads import layouts as kept
from pricecompare.services.uploads.detecting import detect
from tests.conftest import FIXTURES, NOW
from tests.laid import DRUG, PHARMACY
from tests.test_layouts_shipped import RETURN, SALE, as_json, shipped

TEXT = 'name = "chain"\nversion = {}\nwhat = "prices"\ntitle = {{ zh = "连锁", en = "Chain" }}\nheaders.price = "{}"\n'


@pytest.fixture
def desk(store):
    return Desk(store, lambda: NOW)


def labels(desk):
    return [(one.layout.label, one.made_at) for one in kept.layouts(desk) if one.made_at is not None]


def test_what_comes_with_the_program():
    assert {(one.name, one.what) for one in kept.shipped()} == {
        *((what, what) for what in ROWS),
        ("national-drugs", "drugs"),
        ("public-pharmacies", "pharmacies"),
        ("province-listed-prices", "prices"),
        ("sales-3505", "sales"),
    }


def test_layouts_are_stored_by_version_and_the_newest_is_meant(desk):
    for version, header in ((1, "a"), (2, "b"), (2, "b")):
        assert kept.add(desk, TEXT.format(version, header)).label == f"chain@{version}"
    second = int(NOW.timestamp())
    assert labels(desk) == [("chain@2", second), ("chain@1", second)]
    assert kept.layout_named(desk, "chain").headers == {"fen": ("b",)}
    assert kept.layout_named(desk, "chain@1").headers == {"fen": ("a",)}
    assert kept.remove(desk, "chain").label == "chain@2"
    assert labels(desk) == [("chain@1", second)]


def test_a_stored_layout_wins_over_a_shipped_one(desk):
    kept.add(desk, shipped("prices").text.replace("version = 1", "version = 2"))
    assert kept.layout_named(desk, "prices").version == 2
    assert kept.layout_named(desk, "prices@1").version == 1
    kept.remove(desk, "prices")
    assert kept.layout_named(desk, "prices").version == 1


def test_a_stored_layout_wins_over_a_newer_one_of_a_later_program(desk, monkeypatch):
    kept.add(desk, TEXT.format(2, "b"))
    monkeypatch.setattr(kept, "shipped", lambda: (kept.layout(TEXT.format(3, "c")),))
    assert kept.layout_named(desk, "chain").version == 2
    assert kept.layout_named(desk, "chain@3").version == 3


@pytest.mark.parametrize(
    ("act", "error", "code"),
    [
        (lambda desk: kept.add(desk, TEXT.format(2, "other")), Conflict, "layout_exists"),
        (lambda desk: kept.add(desk, TEXT.format(1, "a")), Conflict, "layout_version_old"),
        (lambda desk: kept.add(desk, shipped("prices").text + "\n"), Conflict, "layout_exists"),
        (lambda desk: kept.add(desk, "name = 'x'"), Invalid, "bad_layout"),
        (lambda desk: kept.remove(desk, "prices"), Conflict, "layout_shipped"),
        (lambda desk: kept.remove(desk, "chain@9"), NotFound, "unknown_layout"),
        (lambda desk: kept.layout_named(desk, "a@b@c"), NotFound, "unknown_layout"),
    ],
    ids=["another text", "an older version", "a shipped version", "mistakes", "shipped", "no such version", "no name"],
)
def test_what_cannot_be_done_with_layouts_changes_nothing(desk, act, error, code):
    kept.add(desk, TEXT.format(2, "b"))
    before = labels(desk)
    with pytest.raises(error) as caught:
        act(desk)
    assert (caught.value.code, labels(desk)) == (code, before)


def test_a_name_that_is_nearly_right_is_suggested(desk):
    with pytest.raises(NotFound) as caught:
        kept.layout_named(desk, "sale-3505@1")
    assert caught.value.suggestions[0] == "sales-3505"


RECORD = "rtalPhacCode,medinsName,uscc,addr,tel,lnt,lat\nP99010200001,店,,路1号,1,112.9,28.2\n"
UNSHIPPED = ("cases", "groups", "holidays", "standards")
FILES = {
    **{what: FIXTURES.joinpath(f"{what}.csv").read_text("utf-8-sig") for what in ROWS if what not in UNSHIPPED},
    "groups": f"drug_code,product_group,generic_group,reason,who\n{DRUG},,阿莫西林0.25g,同一品种,李\n",
    "cases": f"pharmacy_code,drug_code,kind,reason,who\n{PHARMACY},{DRUG},listed,现场检查,李\n",
    "standards": f"drug_code,region,since,until,standard,basis,confidential\n{DRUG},全国,2026-01-01,,12.50,谈判,否\n",
    "public-pharmacies": RECORD,
    "national-drugs": f"药品代码,注册名称,商品名称,包装材质,备注\n{DRUG},阿莫西林,无,铝塑,\n",
    "sales-3505": as_json(SALE, RETURN),
    "chain": f"药店编码;药品代码;卖价;日期\n{PHARMACY};{DRUG};12.5;2026-10-28\n",
}


@pytest.mark.parametrize("name", FILES)
def test_the_layout_of_a_file_is_found(desk, tmp_path, name):
    kept.add(desk, TEXT.format(1, "卖价"))
    (tmp_path / "x").write_text(FILES[name], "utf-8")
    first, second, *others = detect(desk, tmp_path / "x")
    assert (first.layout.name, first.missing, first.why.code) == (name, (), "layout_fits")
    assert 0.7 < first.score <= 1 and first.score >= second.score >= max(one.score for one in others)
    assert not set(first.matched) & set(first.extra)


def test_what_a_sender_has_to_say_is_named_and_makes_it_less_sure(desk, tmp_path):
    (tmp_path / "x").write_text(f"pharmacy_code,drug_code,price,shelf\n{PHARMACY},{DRUG},1.5,A\n")
    first, *others = detect(desk, tmp_path / "x")
    assert (first.layout.name, first.matched) == ("prices", ("pharmacy_code", "drug_code", "price"))
    assert (first.missing, first.extra, first.why.code, first.score) == (
        ("observed_at",),
        ("shelf",),
        "layout_lacks",
        0.81,
    )
    assert all(one.score < 0.5 for one in others)


def test_of_layouts_that_fit_alike_the_one_that_names_the_columns_is_meant(desk):
    text = TEXT.replace("chain", "a-chain").format(1, "price")
    kept.add(desk, text)
    first, second, *_ = detect(desk, FIXTURES / "prices.csv")
    assert (first.layout.name, second.layout.name, first.score) == ("a-chain", "prices", second.score)


def test_rows_that_are_refused_make_it_less_sure(desk, tmp_path):
    (tmp_path / "x").write_text(
        f"pharmacy_code,drug_code,price,observed_at\n{PHARMACY},{DRUG},1.5,2026-10-01\n,,,\n1,2,3,4\n"
    )
    assert detect(desk, tmp_path / "x")[0].score == 0.5


def test_a_file_that_is_no_table_is_refused(desk, tmp_path):
    (tmp_path / "x").write_text("<html>")
    with pytest.raises(Unreadable) as caught:
        detect(desk, tmp_path / "x")
    assert caught.value.code == "html_file"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs commands on a new database; says (exit code, output)."""
    monkeypatch.chdir(tmp_path)

    def say(*command):
        found = CliRunner().invoke(main, ["--db", "x.db", *map(str, command)])
        return found.exit_code, found.output

    assert say("init")[0] == 0
    return say


def test_layouts_on_the_command_line(run, tmp_path):
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbf" + TEXT.format(3, "p").replace("\n", "\r\n").encode())
    assert run("layout", "add", "a.toml") == (0, "Kept chain@3, a layout of prices.\n")
    assert run("layout", "show", "chain") == (0, TEXT.format(3, "p"))
    assert json.loads(run("layout", "show", "chain", "--json")[1])["text"] == TEXT.format(3, "p")
    listed = json.loads(run("layout", "list", "--json")[1])
    assert [(one["name"], one["origin"]) for one in listed][:3] == [
        ("cases", "shipped"), ("chain", "stored"), ("drugs", "shipped"),
    ]  # fmt: skip
    assert "chain" in run("layout", "list")[1]
    code, said = run("layout", "detect", FIXTURES / "prices.csv")
    assert code == 0 and said.split("─\n")[1].split()[:3] == ["1.00", "prices@1", "prices"]
    assert json.loads(run("layout", "detect", FIXTURES / "prices.csv", "--json")[1])[0]["layout"] == "prices@1"
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    assert "No layout fits" in run("layout", "detect", "other.csv")[1]
    assert run("layout", "remove", "chain@3") == (0, "Removed chain@3.\n")
    code, said = run("layout", "remove", "chain")
    assert code == 1 and "(unknown_layout)" in said


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x ="], ids=["no text", "no TOML"])
def test_a_file_that_is_no_layout_is_refused(run, tmp_path, content):
    (tmp_path / "a.toml").write_bytes(content)
    code, said = run("layout", "add", "a.toml")
    assert code == 1 and "(layout_no_toml)" in said
