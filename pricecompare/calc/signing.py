"""Keys that a server can check without knowing them, and requests signed with them.

As in SCRAM (RFC 5802, section 3): what is kept of a key is the hash of its client key. Whoever reads the database can
neither send the key nor sign with it, and yet the server can check both.
"""

import hashlib
import hmac

VERSION = "pricecompare-hmac-sha256"
SIGNS = b"pricecompare client key"


def client_key(key: str) -> bytes:
    """Return the 32 bytes that a key signs with; only its holder has them."""
    return hmac.digest(key.encode(), SIGNS, "sha256")


def stored(key: str) -> str:
    """Return what is kept of a key, in hexadecimal: it opens nothing.

    >>> stored("pck-1-secret")[:16]
    '28ffc427746f006a'
    """
    return hashlib.sha256(client_key(key)).hexdigest()


def is_key(kept: str, key: str) -> bool:
    """Say whether a key is the one of which `kept` is kept, in a time that tells nothing."""
    return hmac.compare_digest(kept, stored(key))


def message(method: str, path: str, query: str, at: int, nonce: str, body: str) -> bytes:
    r"""Return what is signed of a request: each part on a line of its own, `body` being its SHA-256 in hexadecimal.

    `path` and `query` are as they are sent, percent signs included; `at` is in seconds since 1970.

    >>> message("POST", "/api/v1/uploads", "", 1793505600, "n1", "ab").decode().splitlines()[1:4]
    ['POST', '/api/v1/uploads', '']
    """
    return "\n".join([VERSION, method, path, query, str(at), nonce, body]).encode()


def signature(key: str, signed: bytes) -> str:
    """Return the signature of a message in hexadecimal: the client key, hidden by an HMAC that the server can make."""
    own = client_key(key)
    return _xor(own, _mask(hashlib.sha256(own).digest(), signed)).hex()


def is_signed(kept: str, signed: bytes, given: str) -> bool:
    """Say whether a signature of a message was made with the key of which `kept` is kept."""
    try:
        proof, known = bytes.fromhex(given), bytes.fromhex(kept)
    except ValueError:
        return False
    if len(proof) != len(known):
        return False
    return hmac.compare_digest(hashlib.sha256(_xor(proof, _mask(known, signed))).digest(), known)


def _mask(known: bytes, signed: bytes) -> bytes:
    return hmac.digest(known, signed, "sha256")


def _xor(some: bytes, others: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(some, others, strict=True))
