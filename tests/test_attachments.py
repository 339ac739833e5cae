"""Files that are put to cases: by their content, few, small, handed out as what they are."""

import hashlib

import pytest

from pricecompare.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from pricecompare.files.media import JPEG, PDF, PNG, media_of, shown_name
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.cases import told
from pricecompare.services.cases.attaching import MOST, attach, attached
from tests.taken_up import WANG, only, seven_shops, state

FILES = {
    PNG: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0",
    JPEG: b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    PDF: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
}
NO_FILES = {
    "nothing": b"",
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a picture that is a page": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a page that says it is a PDF": b"<html>%PDF-1.7\n",
    "a GIF": b"GIF89a",
    "half a PNG": b"\x89PNG\r\n",
    "a program": b"MZ\x90\0",
    "an archive": b"PK\3\4",
}


@pytest.fixture
def town(store, tmp_path):
    return seven_shops(store, tmp_path)


@pytest.mark.parametrize(("media", "content"), FILES.items())
def test_a_file_is_what_it_begins_with(media, content):
    assert media_of(content) == media


@pytest.mark.parametrize("content", NO_FILES.values(), ids=NO_FILES)
def test_nothing_else_is_taken(town, content):
    before = town.dump()
    with pytest.raises(Invalid) as refused:
        attach(town.desk, only(town), content, file_name="a.png", role="regulator", by=WANG)
    assert (refused.value.code, town.dump()) == ("attachment_unknown", before)


@pytest.mark.parametrize(
    ("name", "media", "shown"),
    [
        ("发票.pdf", PDF, "发票.pdf"),
        ("a.jpeg", JPEG, "a.jpeg"),
        ("../../etc/passwd", PNG, "passwd.png"),
        ("C:\\x\\y.html", PDF, "y.html.pdf"),
        ("a\r\nSet-Cookie: x.png", PNG, "a__Set-Cookie: x.png"),
        ("...", PDF, "file.pdf"),
        ("长" * 300, PDF, "长" * 100 + ".pdf"),
    ],
)
def test_a_name_is_shown_and_never_followed(name, media, shown):
    assert shown_name(name, media) == shown


def test_a_file_is_a_step_that_changes_no_state(town):
    name, content = only(town), FILES[PDF]
    this = attach(town.desk, name, content, file_name="进价.pdf", role="pharmacy", by=Hand("李", "api", "进价单"))
    assert attached(town.desk, name, 1) == (this, content)
    assert (this.sha256, this.bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    assert state(town, name) == ("found", True, 1)
    found = told(town.desk, name)
    assert [(one["name"], one["role"], one["who"]) for one in found["attachments"]] == [("进价.pdf", "pharmacy", "李")]
    assert [(one["action"], one["why"]) for one in found["steps"]] == [("attach", "进价单")]
    (entry,) = audit.entries(town.desk, what="flag_attach")["items"]
    assert entry["after"]["attachment"]["sha256"] == this.sha256


def test_limits(town):
    name = only(town)
    with pytest.raises(TooLarge):
        attach(town.desk, name, FILES[PNG] + bytes(5 << 20), file_name="", role="regulator", by=WANG)
    with pytest.raises(Forbidden):
        attach(town.desk, name, FILES[PNG], file_name="", role="system", by=WANG)
    for _ in range(MOST):
        attach(town.desk, name, FILES[PNG], file_name="a", role="regulator", by=WANG)
    with pytest.raises(Conflict) as refused:
        attach(town.desk, name, FILES[PNG], file_name="a", role="regulator", by=WANG)
    assert (refused.value.code, state(town, name)) == ("too_many_attachments", ("found", True, MOST))


@pytest.mark.parametrize("number", [0, 2])
def test_there_is_no_other(town, number):
    name = only(town)
    attach(town.desk, name, FILES[PNG], file_name="a", role="regulator", by=WANG)
    with pytest.raises(NotFound):
        attached(town.desk, name, number)
