"""The console: nobody gets in without all three, failures are counted by every process, and pages do what they say."""

import hashlib
import io

import pytest

from pricecompare.calc.totp import SECONDS
from pricecompare.errors import PriceCompareError
from pricecompare.models.audit import Hand
from pricecompare.services.access import keys, sessions, users
from pricecompare.services.access.sessions import MOST_HERE, MOST_OF, SESSION_SECONDS, WINDOW_SECONDS
from pricecompare.web import create_app
from tests.browsing import HTTPS, LOGIN, TOKEN, filled, shown, words
from tests.conftest import NOW
from tests.overseen import Overseen, now_code
from tests.taken_up import WANG


@pytest.fixture
def overseen(tmp_path):
    overseen = Overseen(tmp_path)
    yield overseen
    overseen.close()


@pytest.fixture
def made(overseen):
    return users.create(overseen.desk, "王医保", "regulator", ("990100",), by=WANG)


def test_name_password_and_code_let_a_person_in_and_logout_ends_it(overseen, made):
    client = overseen.client()
    answer = filled(client, words(overseen, made))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/")
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if "session" in one)
    for word in ("__Host-pricecompare-session=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie
    status, page = shown(client, "/console/cases")
    assert (status, "王医保" in page, "云泽市" in page) == (200, True, True)
    left = client.post("/console/logout", data={"token": TOKEN.search(page)[1]}, **HTTPS)
    assert left.headers["Location"] == LOGIN
    assert shown(client, "/console/cases")[0] == 303
    assert [one.what for one in overseen.desk.store.entries(most=1, before=10**9)] == ["console_login"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "somebody"},
        {"name": ""},
        {"password": "wrong"},
        {"password": "x" * 9000},
        {"code": "000000"},
        {"code": ""},
        {"code": "AAAA-AAAA-AAAA-AAAA"},
        {"name": "王医保' OR '1'='1"},
    ],
)
def test_anything_wrong_is_answered_the_same(overseen, made, wrong):
    client = overseen.client()
    answer = filled(client, words(overseen, made, **wrong))
    assert answer.status_code == 401
    assert "用户名、密码或动态码不正确。" in answer.get_data(as_text=True)
    assert not any("session" in one for one in answer.headers.getlist("Set-Cookie"))
    kept = str(overseen.desk.store.engine.rows("SELECT * FROM console_failure", {}))
    assert "wrong" not in kept and "somebody" not in kept


def test_of_a_form_with_files_nothing_is_read(overseen, made):
    client, said = overseen.client(), words(overseen, made)
    said["token"] = TOKEN.search(shown(client, LOGIN)[1])[1]
    for content in (said | {"file": (io.BytesIO(b"x" * 999), "a.csv")}, said):
        answer = client.post(LOGIN, data=content, content_type="multipart/form-data", **HTTPS)
        assert answer.status_code == 403
    cut = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx'
    assert client.post(LOGIN, data=cut, content_type="multipart/form-data; boundary=b", **HTTPS).status_code == 403
    assert client.post(LOGIN, data=said, **HTTPS).status_code == 303


def test_a_code_is_good_once_and_for_its_time(overseen, made):
    said = words(overseen, made)
    assert filled(overseen.client(), said).status_code == 303
    assert filled(overseen.client(), said).status_code == 401
    late = {step: words(overseen, made, code=now_code(overseen.desk, "王医保", step)) for step in (-2, -1, 1, 2)}
    # The step before was over when a later one was used.
    assert {step: filled(overseen.client(), said).status_code for step, said in late.items()} == {
        -2: 401, -1: 401, 1: 303, 2: 401,
    }  # fmt: skip


def test_a_recovery_code_is_good_once_however_it_is_typed(overseen, made):
    code = made["recovery"][0]
    assert filled(overseen.client(), words(overseen, made, code=code.lower().replace("-", " "))).status_code == 303
    assert filled(overseen.client(), words(overseen, made, code=code)).status_code == 401
    assert filled(overseen.client(), words(overseen, made, code=made["recovery"][1])).status_code == 303
    (left,) = [one["recovery_left"] for one in users.listed(overseen.desk)]
    assert left == 6


def test_failures_are_counted_by_all_processes_and_forgotten_after_a_while(overseen, made):
    other = create_app(DB=str(overseen.path), NOW=NOW.isoformat())
    wrong = words(overseen, made, code="000000")
    clients = [overseen.app.test_client(), other.test_client()]
    for turn in range(MOST_HERE):
        assert filled(clients[turn % 2], wrong).status_code == 401
    for client in clients:
        answer = filled(client, words(overseen, made))
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, str(WINDOW_SECONDS))
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}}
    assert filled(clients[0], words(overseen, made), **elsewhere).status_code == 303
    later = create_app(DB=str(overseen.path), NOW="2026-11-01T04:15:01+00:00")
    code = now_code(overseen.desk, "王医保", WINDOW_SECONDS // SECONDS)
    assert filled(later.test_client(), words(overseen, made, code=code)).status_code == 303
    for app in (other, later):
        app.extensions["pricecompare"].store.close()


def test_guessing_one_name_from_many_places_ends_too(overseen, made):
    def guess(number):
        try:
            sessions.login(overseen.desk, "王医保", "x", "1", address=f"203.0.113.{number}", by=Hand())
        except PriceCompareError as error:
            return error.code

    assert [guess(number) for number in range(MOST_OF)] == ["bad_login"] * MOST_OF
    assert guess(200) == "locked_out"


@pytest.mark.parametrize("end", ["disable", "reset"])
def test_who_is_shut_out_is_out_at_the_next_request_of_any_process(overseen, made, end):
    client = overseen.client()
    filled(client, words(overseen, made))
    assert shown(client, "/console/cases")[0] == 200
    getattr(users, end)(overseen.desk, "王医保", by=WANG)
    assert shown(client, "/console/cases")[0] == 303
    assert filled(client, words(overseen, made)).status_code == 401


def test_a_reset_lets_in_again_with_what_is_new(overseen, made):
    users.disable(overseen.desk, "王医保", by=WANG)
    again = users.reset(overseen.desk, "王医保", by=WANG)
    assert again["password"] != made["password"] and again["otpauth"] != made["otpauth"]
    assert filled(overseen.client(), words(overseen, again)).status_code == 303


def test_a_session_ends_with_the_working_day(overseen, made):
    client = overseen.client()
    token = filled(client, words(overseen, made)).headers.getlist("Set-Cookie")[0].partition("=")[2].partition(";")[0]
    store = overseen.desk.store
    last = int(NOW.timestamp()) + SESSION_SECONDS
    for now, there in ((last - 1, True), (last, False)):
        found = store.user_of_session(hashlib.sha256(token.encode()).hexdigest(), now)
        assert bool(found) == there


@pytest.mark.parametrize(
    ("setting", "host", "address", "plain"),
    [
        (None, "localhost:8000", "127.0.0.1", False),
        (1, "localhost:8000", "127.0.0.1", True),
        (1, "127.0.0.1", "127.0.0.1", True),
        (1, "prices.example", "127.0.0.1", False),
        (1, "localhost", "203.0.113.7", False),
        (1, "localhost.evil.example", "127.0.0.1", False),
    ],
)
def test_cookies_go_without_tls_on_this_computer_alone(tmp_path, setting, host, address, plain):
    overseen = Overseen(tmp_path, **({"CONSOLE_PLAIN_HTTP": setting} if setting else {}))
    answer = overseen.client().get(LOGIN, base_url=f"http://{host}", environ_overrides={"REMOTE_ADDR": address})
    cookie = answer.headers["Set-Cookie"]
    assert ("Secure" not in cookie, "__Host-" not in cookie) == (plain, plain)
    overseen.close()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"name": "a"}, "bad_user_name"),
        ({"name": "a b"}, "bad_user_name"),
        ({"name": "x key 7"}, "bad_user_name"),
        ({"role": "citizen"}, "bad_choice"),
        ({"role": "pharmacy"}, "scope_wanted"),
        ({"role": "pharmacy", "scope": ("P0",)}, "unknown_pharmacy"),
        ({"role": "operator", "scope": ("990100",)}, "scope_not_here"),
        ({"scope": ("999999",)}, "unknown_region"),
        ({"password": "too short"}, "bad_password_length"),
        ({"name": "city"}, "user_exists"),
    ],
)
def test_a_person_who_makes_no_sense_is_not_let_in(overseen, asked, code):
    users.create(overseen.desk, "city", "regulator", by=WANG)
    before = users.listed(overseen.desk)
    with pytest.raises(PriceCompareError) as caught:
        users.create(overseen.desk, **({"name": "wang", "role": "regulator"} | asked), by=WANG)
    assert (caught.value.code, users.listed(overseen.desk)) == (code, before)


def test_nothing_that_lets_anybody_in_is_kept_as_it_is(overseen, made):
    token = (
        filled(overseen.client(), words(overseen, made)).headers.getlist("Set-Cookie")[0].split("=")[1].split(";")[0]
    )
    tables = ("console_user", "console_session", "console_failure", "audit", "access_key")
    everything = str([overseen.desk.store.engine.rows(f"SELECT * FROM {one}", {}) for one in tables])  # noqa: S608
    for secret in (made["password"], token, *made["recovery"], *(one.replace("-", "") for one in made["recovery"])):
        assert secret not in everything
    assert keys.listed(overseen.desk)
