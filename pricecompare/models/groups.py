"""What people say of which drugs belong together."""

from typing import NamedTuple


class GroupWord(NamedTuple):
    """What one upload said of a drug: its groups by name, empty for the one that codes and names make."""

    drug_id: int
    upload_id: int
    product: str
    generic: str
    reason: str
    who: str
