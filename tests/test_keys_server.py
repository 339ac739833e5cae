"""Keys and signatures at a real server with several processes: chunked bodies, replays, and keys that end at once."""

import http.client
import json

import pytest

from pricecompare.services.access import keys
from pricecompare.services.access.keys import Wanted
from tests.overseen import CHAINS, OWN
from tests.sent import UPLOADS, line, prices
from tests.signing import form, head
from tests.taken_up import WANG
from tests.test_ledger_api_server import Server
from tests.town import REGIONS

BODY, KIND = form(prices(*(line(6, drug, "21.00", "2026-10-31") for drug in range(3))).encode())
ASKED = 12


@pytest.fixture
def server(tmp_path, store, url):
    server = Server(url, store, tmp_path)
    town = server.town
    assert town.take("regions", REGIONS + "990103,白水区,990100,county,0\n").errors == []
    assert town.take("pharmacies", CHAINS).errors == []
    server.start()
    yield server
    server.kill()


def asked(server, method, target, authorization, body=None, kind="text/plain"):
    """Return status and answer of a request on a connection of its own; a body in pieces is sent chunked."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request(method, target, body, {"Authorization": authorization, "Content-Type": kind})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_a_signed_file_is_taken_whole_or_in_pieces_and_once(server):
    key = keys.create(server.town.desk, Wanted("pharmacy", "a", (OWN,), signed=True), by=WANG)["key"]
    told = [head(key, "POST", UPLOADS, BODY, nonce=f"nonce-of-request-{number}") for number in range(3)]
    pieces = (BODY[at : at + 100] for at in range(0, len(BODY), 100))
    status, answer = asked(server, "POST", UPLOADS, told[0], pieces, KIND)
    assert (status, answer["rows"], answer["refused"]) == (201, 3, 0)
    again = [asked(server, "POST", UPLOADS, told[0], BODY, KIND) for _ in range(ASKED)]
    assert [(status, one["code"]) for status, one in again] == [(401, "nonce_used")] * ASKED
    changed = BODY.replace(b"21.00", b"12.00")
    status, answer = asked(server, "POST", UPLOADS, told[1], iter([changed]), KIND)
    assert (status, answer["code"]) == (401, "body_tampered")
    assert asked(server, "POST", UPLOADS, told[2], BODY, KIND)[0] == 200


def test_a_key_that_is_revoked_opens_nothing_in_any_process(server):
    key = keys.create(server.town.desk, Wanted("operator", "a"), by=WANG)["key"]
    bearer = f"Bearer {key}"
    assert {asked(server, "GET", UPLOADS, bearer)[0] for _ in range(ASKED)} == {200}
    keys.revoke(server.town.desk, 1, by=WANG)
    found = [asked(server, "GET", UPLOADS, bearer) for _ in range(ASKED)]
    assert {(status, one["code"]) for status, one in found} == {(401, "key_revoked")}
