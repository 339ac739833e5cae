"""Passwords as they are kept: by scrypt (RFC 7914), which makes each guess cost memory."""

import base64
import hashlib
import hmac

COST, BLOCK, PARALLEL = 1 << 15, 8, 1
"""32 MB and about a tenth of a second for each guess; kept with every hash, so that it can be raised."""


def hashed(password: str, salt: bytes) -> str:
    """Return what is kept of a password; `salt` is 16 random bytes.

    >>> hashed("correct horse", bytes(16)).rpartition("$")[0]
    'scrypt$32768$8$1$AAAAAAAAAAAAAAAAAAAAAA=='
    """
    kept = _scrypt(password, salt, COST, BLOCK, PARALLEL)
    return "$".join(["scrypt", str(COST), str(BLOCK), str(PARALLEL), _text(salt), _text(kept)])


def is_password(kept: str, password: str) -> bool:
    """Say whether a password is the one of which `kept` is kept.

    >>> is_password(hashed("a", bytes(16)), "a"), is_password(hashed("a", bytes(16)), "b"), is_password("!", "a")
    (True, False, False)
    """
    name, _, rest = kept.partition("$")
    if name != "scrypt":
        return False
    cost, block, parallel, salt, wanted = rest.split("$")
    found = _scrypt(password, base64.b64decode(salt), int(cost), int(block), int(parallel))
    return hmac.compare_digest(found, base64.b64decode(wanted))


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    memory = 129 * cost * block * parallel
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=block, p=parallel, maxmem=memory, dklen=32)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
