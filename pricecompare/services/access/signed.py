"""Signed requests: told by whose key they are signed, when, and that none of them came before."""

import re
from typing import NamedTuple

from pricecompare.calc.signing import is_signed, message
from pricecompare.errors import Conflict, Unauthorised
from pricecompare.models.access import Caller
from pricecompare.services.access.keys import refuse_over
from pricecompare.services.desk import Desk

SKEW_SECONDS = 300
"""How far the clock of a sender may be from ours."""

KEPT_SECONDS = 86_400
"""For how long a word is known: far longer than its time is taken, should our own clock be set back."""

PART = re.compile(r'\s*([a-z]+)="?([A-Za-z0-9_.~+/=-]{1,128})"?\s*')
HASH = re.compile(r"[0-9a-f]{64}")
NAMES = ("key", "time", "nonce", "body", "signature")


class Signed(NamedTuple):
    """What a signed request says of itself: number of the key, second, a word of its own, hash of its body."""

    key: int
    at: int
    nonce: str
    body: str
    signature: str


def read(given: str) -> Signed:
    """Return what `key=7, time=1793505600, nonce=…, body=…, signature=…` says; Unauthorised for anything else."""
    parts = [PART.fullmatch(part) for part in given.split(",")]
    found = {part[1]: part[2] for part in parts if part}
    numbers = all(found.get(name, "").isdecimal() and len(found[name]) < 16 for name in ("key", "time"))
    hashes = all(HASH.fullmatch(found.get(name, "")) for name in ("body", "signature"))
    if len(parts) != len(NAMES) or sorted(found) != sorted(NAMES) or not numbers or not hashes:
        raise Unauthorised("bad_signature_form")
    if len(found["nonce"]) < 16:
        raise Unauthorised("bad_signature_form")
    return Signed(int(found["key"]), int(found["time"]), found["nonce"], found["body"], found["signature"])


def of_signed(desk: Desk, this: Signed, *, method: str, path: str, query: str) -> Caller:
    """Return who signed a request, whose word is used up by that; `path` and `query` as they were sent.

    Raises Unauthorised: bad_signature for a key that nobody has and for anything that was changed on the way,
    signature_skewed for a time too far from ours, nonce_used for a request that came before. What the body is has to be
    compared with `this.body` as soon as all of it is there.
    """
    key = desk.store.key(this.key)
    signed = message(method, path, query, this.at, this.nonce, this.body)
    if key is None or not is_signed(key.hash, signed, this.signature):
        raise Unauthorised("bad_signature")
    refuse_over(desk, key)
    if abs(this.at - desk.now()) > SKEW_SECONDS:
        raise Unauthorised("signature_skewed", seconds=SKEW_SECONDS)
    _use(desk, this)
    return key.caller


def _use(desk: Desk, this: Signed) -> None:
    """Use the word of a request up."""
    try:
        with desk.store.writing():
            desk.store.prune_nonces(oldest=desk.now() - KEPT_SECONDS)
            desk.store.use_nonce(this.key, this.nonce, this.at)
    except Conflict as error:
        raise Unauthorised("nonce_used") from error
