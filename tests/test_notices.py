"""The notice to a pharmacy: what stands on it, when there is one, the same bytes again, and what it needs."""

import hashlib
import sys

import pytest
import typst
from click.testing import CliRunner

from pricecompare.cli import main
from pricecompare.errors import Conflict, Invalid, NotFound, Unusable
from pricecompare.files.notice import FONTS, Letter, letter_pdf
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.cases import Asked, step, told
from pricecompare.services.cases.answering import answer_code
from pricecompare.services.cases.notices import letter_of, notice
from pricecompare.services.desk import Settings
from tests.browsing import HTTPS, shown
from tests.conftest import NOW
from tests.made import CODES
from tests.overseen import Overseen
from tests.taken_up import KEY, SCREEN, change, only, price, served, seven_shops
from tests.test_ruling import HEADER, use
from tests.town import PRICE_HEADER, SHOPS

CHINESE = set(typst.Fonts(include_embedded_fonts=False).families()) & set(FONTS)
pytestmark = pytest.mark.skipif(not CHINESE, reason="no font with Chinese letters: apt-get install fonts-noto-cjk")

BY = Hand("王", "cli:wang", "发函")


@pytest.fixture
def town(store, tmp_path):
    return seven_shops(store, tmp_path)


@pytest.fixture
def name(town):
    name = only(town)
    step(town.desk, name, SCREEN)
    return name


def taken(town, name, *actions, role="regulator"):
    for action in actions:
        step(town.desk, name, Asked(action, role, BY))


SAID = {
    "zh": ("药品价格核对提醒函", "挂牌价", "答复期限：", "2026-11-08（含当日）。"),
    "en": ("Notice: please check a price", "counter price", "Until when.", "2026-11-08, this day included."),
}


@pytest.mark.parametrize(("lang", "said"), SAID.items(), ids=SAID)
def test_it_says_why_how_to_answer_and_by_when(town, name, lang, said):
    taken(town, name, "remind")
    letter = letter_of(town.desk, name, lang)
    title, kind, until, day = said
    assert letter.title == title and kind in dict(letter.facts).values()
    assert (dict(letter.answering)[until], letter.answering[-1][1]) == (day, answer_code(town.desk, SHOPS[6]))
    assert SHOPS[6] in letter.to and name in letter.number and "20.00" in letter.sentence
    assert letter.picture.startswith("<svg") and letter.sentence in letter.picture


def test_it_is_about_the_price_that_was_taken_up(town, name):
    taken(town, name, "remind")
    before = letter_of(town.desk, name, "zh")
    change(town, "26.00", 25)
    after = letter_of(town.desk, name, "zh")
    assert (after.sentence, after.facts, after.picture) == (before.sentence, before.facts, before.picture)


def test_the_console_hands_it_out_once_the_pharmacy_was_reminded(tmp_path):
    overseen = Overseen(tmp_path)
    client, token = overseen.person("city")
    page, form = f"/console/cases/{overseen.flag}", {"token": token}
    assert client.post(f"{page}/notice", data=form, **HTTPS).status_code == 409
    for revision, action in enumerate(("screen", "remind")):
        assert "/notice" not in shown(client, page)[1]
        client.post(f"{page}/steps", data=form | {"action": action, "revision": str(revision)}, **HTTPS)
    assert f'action="{page}/notice"' in shown(client, page)[1]
    made = client.post(f"{page}/notice", data=form, **HTTPS)
    assert (made.status_code, made.mimetype, made.data[:5]) == (200, "application/pdf", b"%PDF-")
    (entry,) = overseen.desk.store.entries(most=1, before=10**9)
    assert (entry.what, entry.origin) == ("notice_made", "console:127.0.0.0/24 user city")
    overseen.close()


def test_the_same_notice_is_the_same_bytes_and_each_is_noted(town, name):
    taken(town, name, "remind")
    called, first = notice(town.desk, name, by=BY)
    again, second = notice(town.desk, name, by=Hand("李", "api"))
    assert (called, first) == (again, second) == (f"notice-{name}-zh.pdf", first)
    assert first.startswith(b"%PDF-") and notice(town.desk, name, lang="en", by=BY)[1] != first
    noted = audit.entries(town.desk, what="notice_made")["items"]
    assert [one["who"] for one in noted] == ["王", "李", "王"]
    assert (noted[2]["about"], noted[2]["why"]) == (f"flag {name}", "发函")
    assert noted[2]["after"]["sha256"] == hashlib.sha256(first).hexdigest()


ENDS = {
    "screened": ((), True),
    "reminded": (("remind",), False),
    "explained": (("remind", "explain"), False),
    "reviewed": (("remind", "explain", "review"), True),
}


@pytest.mark.parametrize(("actions", "refused"), ENDS.values(), ids=ENDS)
def test_it_goes_with_a_reminder_until_the_answer_is_looked_at(town, name, actions, refused):
    for action in actions:
        taken(town, name, action, role="pharmacy" if action == "explain" else "regulator")
    if not refused:
        assert notice(town.desk, name, by=BY)[1]
        assert ("答复期限：" in dict(letter_of(town.desk, name, "zh").answering)) == (actions == ("remind",))
        return
    head = town.store.audit_head()
    with pytest.raises(Conflict) as caught:
        notice(town.desk, name, by=BY)
    assert (caught.value.code, town.store.audit_head()) == ("notice_not_reminded", head)


@pytest.mark.parametrize(
    ("flag", "said", "error"),
    [("9-9-listed", {}, NotFound), (None, {"lang": "fr"}, Invalid), (None, {"by": Hand("")}, Invalid)],
)
def test_what_makes_no_sense_is_refused(town, name, flag, said, error):
    with pytest.raises(error):
        notice(town.desk, flag or name, **{"by": BY} | said)


WORDS = "#set page(width: 1pt) *粗* [x] <a> $x$ \\ // /* `"


def test_what_stands_in_a_name_is_never_markup(tmp_path):
    letter = Letter(
        "zh", WORDS, WORDS, WORDS, WORDS, WORDS, WORDS, ((WORDS, WORDS),),
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>', WORDS, ((WORDS, WORDS),), WORDS, WORDS,
    )  # fmt: skip
    assert letter_pdf(letter, second=0) == letter_pdf(letter, second=0)
    assert letter_pdf(letter, second=0) != letter_pdf(letter, second=86_400), "it says when it was made"


def test_without_chinese_letters_it_says_what_to_install(town, name, tmp_path):
    taken(town, name, "remind")
    object.__setattr__(town.desk, "settings", Settings(fonts=str(tmp_path)))
    with pytest.raises(Unusable) as caught:
        notice(town.desk, name, by=BY)
    assert caught.value.code == "notice_no_font" and FONTS[0] in str(caught.value)
    assert audit.entries(town.desk, what="notice_made")["items"] == []


def test_without_typst_it_says_what_to_install(town, name, monkeypatch):
    taken(town, name, "remind")
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(Unusable) as caught:
        notice(town.desk, name, by=BY)
    assert (caught.value.code, "pricecompare[notice]" in str(caught.value)) == ("notice_off", True)


def test_who_sends_it_and_how_to_answer_are_settings(town, name):
    taken(town, name, "remind")
    object.__setattr__(town.desk, "settings", Settings(notice_from="云泽市医保局", notice_contact="拨打 12393"))
    letter = letter_of(town.desk, name, "zh")
    assert (letter.sender, "拨打 12393" in letter.answering[0][1]) == ("云泽市医保局", True)


def test_it_comes_over_http_and_by_command_as_the_same_bytes(url, town, name, tmp_path):
    taken(town, name, "remind")
    path = tmp_path / "notice.pdf"
    with served(url, town, tmp_path) as app:
        asked = f"/api/v1/flags/{name}/notice.pdf?who=wang"
        assert app.test_client().get(asked).json["code"] == "no_key"
        answer = app.test_client().get(asked, headers={"Authorization": f"Bearer {KEY}"})
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    command = ["--db", url, "flag", "notice", name, "-o", str(path), "--who", "wang"]
    done = CliRunner().invoke(main, command, env={"PRICECOMPARE_NOW": NOW.isoformat()})
    assert (done.exit_code, path.read_bytes()) == (0, answer.data)


def test_what_a_rule_found_without_a_median_is_told_without_one(town):
    town.take("prices", PRICE_HEADER + price(0, "20.00", 20, CODES[1]))
    town.take("standards", f"{HEADER}{CODES[1]},990100,2026-01-01,,10.00,negotiated,否\n")
    use(town.desk, "ceiling")
    name = "1-2-listed"
    taken(town, name, "screen", "remind")
    assert told(town.desk, name)["taken_up"]["ref_median"] is None
    for lang in ("zh", "en"):
        letter = letter_of(town.desk, name, lang)
        assert all(value and "None" not in value for _, value in letter.facts)
        assert "20.00" in dict(letter.facts).values() and letter_pdf(letter, second=0)
