"""Addresses of databases: which engine they mean, and that no password of theirs is shown."""

import re

import pytest

from pricecompare.errors import Reason, Unusable
from pricecompare.store import create_store, open_store


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:s3cret@127.0.0.1:1/prices",
        "postgres://me:s3c@ret@127.0.0.1:1/prices",
        "postgresql://127.0.0.1:1/prices?user=me&password=s3cret",
        "postgresql://me:s3cret@127.0.0.1:port/prices",
        "postgresql://me:s3cret@[127.0.0.1/prices",
        "postgresql://me:s3cret@127.0.0.1:1/prices?no_such_option=1",
        "PostgreSQL://me:s3cret@127.0.0.1:1/prices",
    ],
    ids=["nobody there", "@ in the password", "password as an option", "bad port", "bad host", "bad option", "capital"],
)
def test_a_password_is_never_shown(url, caplog):
    with pytest.raises(Unusable) as caught:
        open_store(url)
    said = f"{caught.value} {caught.value.reason} {caplog.text}"
    assert caught.value.code == "database_unusable"
    assert not re.search("s3c|ret@", said)


@pytest.mark.parametrize("use", [open_store, lambda url: create_store(url, cursor_key="", max_age_days=30)])
def test_only_two_engines_are_known_and_others_keep_their_passwords(use):
    with pytest.raises(Unusable) as caught:
        use("mysql://me:s3cret@127.0.0.1/prices")
    assert caught.value.reason == Reason.of("unknown_engine", value="mysql://")


def test_a_scheme_may_be_written_in_capitals(store, url):
    scheme, separator, rest = url.partition("://")
    again = open_store(f"{scheme.upper()}{separator}{rest}" if separator else url)
    assert again.meta() == store.meta()
    again.close()
