"""Uploads that make no sense, and senders who may not send: each is told why, and nothing is left behind."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pricecompare.errors import Invalid
from pricecompare.services.opening import limits
from pricecompare.store import create_store
from pricecompare.web import create_app
from tests.made import CODES
from tests.sent import BEARER, KEY, UPLOADS, Sender, line, prices
from tests.town import SHOPS

PROBLEM = "application/problem+json"
RELEASE = f"/api/v1/pharmacies/{SHOPS[0]}/offers/{CODES[0]}/release"
ROUTES = [
    ("post", UPLOADS), ("get", UPLOADS), ("get", f"{UPLOADS}/1"), ("get", f"{UPLOADS}/1/changes"),
    ("get", f"{UPLOADS}/1/changes.csv"), ("get", f"{UPLOADS}/1/refused"), ("put", f"{UPLOADS}/1/decision"),
    ("put", RELEASE),
]  # fmt: skip
GOOD = prices(line(0, 0, "11.00"))


@pytest.fixture(scope="module")
def sender(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad")
    url = str(folder / "prices.db")
    store = create_store(url, cursor_key="test", max_age_days=30)
    sender = Sender(url, store, folder, MAX_UPLOAD_MB=1)
    yield sender
    sender.close()
    store.close()


@pytest.fixture
def unmoved(sender):
    """A sender after whom nothing has changed."""
    before = sender.town.dump(), sender.town.ledger()
    yield sender
    assert ((sender.town.dump(), sender.town.ledger()), sender.left()) == (before, [])


def refusal(answer):
    """Return status and code of a refusal."""
    assert (answer.mimetype, answer.headers["Cache-Control"]) == (PROBLEM, "no-store")
    assert answer.json["detail_zh"]
    return answer.status_code, answer.json["code"]


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "no_key"),
        ("Basic abc", "no_key"),
        ("Bearer", "wrong_key"),
        (f"Bearer {KEY}x", "wrong_key"),
        (f"Bearer {KEY[:-1]}", "wrong_key"),
        ("Bearer \xe4\xb8\xad", "wrong_key"),
    ],
)
def test_nobody_may_ask_without_the_key(unmoved, method, path, authorization, code):
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = getattr(unmoved.client, method)(path, headers=headers)
    assert refusal(answer) == (401, code)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_without_a_key_in_the_settings_nobody_may_ask(unmoved, method, path):
    client = create_app(DB=str(unmoved.town.folder / "prices.db")).test_client()
    assert refusal(getattr(client, method)(path, headers=BEARER)) == (403, "uploads_off")


@pytest.mark.parametrize("key", ["short", 12345678901234567890, "with a 中 in it and long", "tab\tin the middle of it"])
def test_a_key_that_can_be_guessed_or_not_be_sent_is_no_key(key):
    with pytest.raises(Invalid) as refused:
        limits({"UPLOAD_KEY": key})
    assert refused.value.code == "bad_upload_key"
    assert str(key) not in str(refused.value)


FORMS = {
    "no file": ({"what": "prices"}, "missing_value", "file"),
    "file as a text": ({"what": "prices", "file": GOOD}, "unknown_parameter", "file"),
    "nothing": ({}, "missing_value", "what"),
    "unknown what": ({"what": "stones"}, "bad_choice", "what"),
    "unknown mode": ({"what": "prices", "mode": "some"}, "bad_choice", "mode"),
    "no truth value": ({"what": "prices", "dry_run": "maybe"}, "not_yes_or_no", "dry_run"),
    "unknown field": ({"what": "prices", "sauce": "a"}, "unknown_parameter", "sauce"),
    "NUL in a text": ({"what": "prices", "source": "a\0b"}, "control_character", "source"),
    "long text": ({"what": "prices", "sender": "a" * 201}, "text_too_long", "sender"),
    "month of prices": ({"what": "prices", "month": "2026-10"}, "not_said_here", "month"),
    "whole list of drugs": ({"what": "drugs", "mode": "full"}, "not_said_here", "mode"),
    "datum of sales": ({"what": "sales", "coord_type": "gcj02"}, "not_said_here", "coord_type"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_makes_no_sense_is_refused_by_name(unmoved, form):
    fields, code, field = FORMS[form]
    data = dict(fields)
    if form not in ("no file", "nothing", "file as a text"):
        data["file"] = (io.BytesIO(GOOD.encode()), "list.csv")
    answer = unmoved.client.post(UPLOADS, data=data, headers=BEARER, content_type="multipart/form-data")
    assert (*refusal(answer), answer.json.get("field")) == (422, code, field)


@pytest.mark.parametrize(
    ("files", "code"),
    [([("file", "a.csv"), ("file", "b.csv")], "repeated_parameter"), ([("other", "a.csv")], "unknown_parameter")],
)
def test_one_file_is_taken_under_its_name(unmoved, files, code):
    data = {"what": "prices"}
    for field, name in files:
        data.setdefault(field, []).append((io.BytesIO(GOOD.encode()), name))
    assert refusal(unmoved.client.post(UPLOADS, data=data, headers=BEARER)) == (422, code)


def parts(*names: str) -> bytes:
    """Return a body of small fields."""
    return b"".join(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\nx\r\n'.encode() for name in names)


FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
BODIES = {
    "empty": (b"", 422, "missing_value"),
    "no form": (b"what=prices", 422, "bad_form"),
    "cut off in the file": (FILE + GOOD.encode(), 422, "bad_form"),
    "cut off in a head": (b"--b\r\nContent-Dispo", 422, "bad_form"),
    "head without a name": (b"--b\r\nX: y\r\n\r\nx\r\n--b--\r\n", 422, "bad_form"),
    "head that is no text": (b"--b\r\nX\xff: y\r\n\r\nx\r\n--b--\r\n", 422, "bad_form"),
    "part without a name": (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n", 422, "bad_query"),
    "too many fields": (parts(*map(str, range(40))) + b"--b--\r\n", 413, "upload_too_large"),
    "a very long field": (parts("what") + b"x" * 400_000 + b"\r\n--b--\r\n", 413, "upload_too_large"),
    "a very long head": (b"--b\r\nX: " + b"y" * 400_000, 413, "upload_too_large"),
    "a file beyond the limit": (FILE + b"x" * (1 << 20) + b"y\r\n--b--\r\n", 413, "upload_too_large"),
    "far beyond the limit": (FILE + b"x" * (3 << 20) + b"\r\n--b--\r\n", 413, "upload_too_large"),
}


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_form_or_too_much_is_refused(unmoved, body):
    content, *expected = BODIES[body]
    answer = unmoved.client.post(UPLOADS, data=content, headers=BEARER, content_type="multipart/form-data; boundary=b")
    assert list(refusal(answer)) == expected


@pytest.mark.parametrize(
    "kind", ["application/json", "text/csv", "multipart/form-data", "multipart/form-data; boundary=中"]
)
def test_what_does_not_say_that_it_is_a_form_is_none(unmoved, kind):
    answer = unmoved.client.post(UPLOADS, data=FILE, headers=BEARER, content_type=kind.encode().decode("latin-1"))
    assert refusal(answer) == (422, "bad_form")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.sampled_from([FILE, parts("what"), b"--b", b"--b--", b"\r\n", b"\n\n", b"\r", b"x", b": ", b"\xff", b"--"])
    )
)
def test_no_body_is_too_odd(sender, pieces):
    answer = sender.client.post(
        UPLOADS, data=b"".join(pieces), headers=BEARER, content_type="multipart/form-data; boundary=b"
    )
    assert refusal(answer)[0] in (413, 422)
    assert sender.left() == []


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\temp\\\\价格.csv", "价格.csv"),
        ("..", ".."),
        ("a\x01b\x7f.csv", "a_b_.csv"),
        ("x" * 500, "x" * 200),
        ("/", "file"),
        ("7", "7"),
    ],
)
def test_a_files_name_is_shown_and_never_a_path(sender, given, shown):
    content = prices(line(0, 0, "11.00", "2026-10-31")) + f"# {given!r}\n"
    answer = sender.send(content, name=given)
    assert (answer.status_code, answer.json["file_name"], sender.left()) == (201, shown, [])
