"""No header that somebody makes up opens anything, or brings the server down."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.overseen import Overseen

PATHS = (
    "/api/v1/uploads",
    "/api/v1/audit",
    "/api/v1/flags/7-1-listed/own",
    "/api/v1/regions/990100/lists/flags",
    "/console/cases",
)
STARTS = ("", "Bearer ", "Bearer pck-1-", "bearer\t", "Basic ", "pricecompare-hmac-sha256 ")
SIGNATURE = "pricecompare-hmac-sha256 key={}, time={}, nonce={}, body={}, signature={}"
LETTERS = some.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f")
NUMBERS = some.integers(0, 10**20)
HEX = some.text("0123456789abcdef", min_size=64, max_size=64)
SIGNED = some.builds(SIGNATURE.format, NUMBERS, NUMBERS, some.text("abc-_.", max_size=40), HEX, HEX)
HEADERS = SIGNED | some.builds("{}{}".format, some.sampled_from(STARTS), some.text(LETTERS, max_size=90))
SHUT = {303, 401, 404, 429}
"""To the login; no or a wrong key; no answer code of that flag; too many guesses."""


@pytest.fixture(scope="module")
def overseen(tmp_path_factory):
    overseen = Overseen(tmp_path_factory.mktemp("fuzzed"))
    yield overseen
    overseen.close()


@settings(max_examples=500, deadline=None)
@given(some.sampled_from(PATHS), HEADERS, some.text(LETTERS, max_size=40))
def test_no_header_opens_anything(overseen, path, header, cookie):
    client = overseen.app.test_client()
    environ = {"HTTP_AUTHORIZATION": header, "HTTP_COOKIE": f"__Host-pricecompare-session={cookie}"}
    answer = client.get(path, base_url="https://localhost", environ_overrides=environ)
    assert answer.status_code in SHUT
