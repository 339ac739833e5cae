"""Who may do what: keys, people at the console, and whoever asks in their name."""

import json
from typing import NamedTuple

OWNERS = ("pharmacy", "chain")
"""Roles that have rows of their own: their scope names pharmacies by code, or chains."""

ROLES = (*OWNERS, "regulator", "operator")
"""What a key may be for."""

WORKERS = ("regulator", "operator", *OWNERS)
"""What a person at the console may be."""


class Caller(NamedTuple):
    """Who asks: a role, what it reaches and by what it is known (`key 7`, `user wang`; "" by a key of the settings).

    `scope` holds codes of pharmacies, names of chains or codes of regions by the role; empty, it reaches everything.
    """

    role: str
    scope: tuple[str, ...] = ()
    name: str = ""
    by: str = ""

    @property
    def owner(self) -> str:
        """Whose rows uploads of the caller may hold, as the ledger keeps it; "" for everybody's."""
        return json.dumps([self.role, *self.scope], ensure_ascii=False) if self.role in OWNERS else ""


EVERYTHING = Caller("")
"""Somebody who was let in by nothing that says who they are, and is held back by nothing."""


class Key(NamedTuple):
    """A key as it is kept; `hash` tells it (calc/signing.py) and opens nothing. Times in seconds, `scope` as JSON.

    A key that is `signed` is never sent: requests are signed with it. `follows` is the key that it was made to replace.
    """

    id: int
    role: str
    name: str
    scope: str
    hash: str
    signed: int
    made_at: int
    expires_at: int
    revoked_at: int | None
    follows: int | None

    @property
    def caller(self) -> Caller:
        """Who asks with it."""
        return Caller(self.role, tuple(json.loads(self.scope)), self.name, f"key {self.id}")


class User(NamedTuple):
    """A person at the console: role, scope as JSON, what is kept of the password, the secret of the second factor.

    `step` is the last step of time whose code was used, `recovery` what is kept of the codes for a lost telephone
    (JSON).
    """

    id: int
    name: str
    role: str
    scope: str
    password: str
    secret: str
    step: int
    recovery: str
    made_at: int
    disabled_at: int | None

    @property
    def caller(self) -> Caller:
        """Who asks in their name."""
        return Caller(self.role, tuple(json.loads(self.scope)), self.name, f"user {self.name}")
