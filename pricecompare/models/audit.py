"""Who does something by hand, and the entries of the audit trail that tell of it."""

from typing import NamedTuple


class Hand(NamedTuple):
    """Who does something, from where, and why, each as far as that was said."""

    who: str = ""
    origin: str = ""
    why: str = ""


NOBODY = Hand()


class Entry(NamedTuple):
    """One entry of the audit trail; `before` and `after` are JSON, "null" where there was or is nothing.

    `what` is a stable word, `about` names the thing it is about; `previous` and `hash` are SHA-256 in hexadecimal.
    """

    id: int
    at: int
    who: str
    origin: str
    what: str
    about: str
    before: str
    after: str
    why: str
    previous: str
    hash: str


class Head(NamedTuple):
    """The newest entry of an audit trail, as it is kept beside the trail and written down outside."""

    id: int
    hash: str


class Break(NamedTuple):
    """The first entry that is not as it was written: `fault` is changed, missing or added."""

    id: int
    fault: str
