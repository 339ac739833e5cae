"""Keys in the store, and the words by which signed requests are told apart."""

from pricecompare.models.access import Key
from pricecompare.store.base import Base


class Keys(Base):
    """Keys of pharmacies, chains, regulators and operators; used-up words of signed requests."""

    def next_key(self) -> int:
        """Return the next free id; only meaningful inside `writing`."""
        return self._rows("next_key")[0][0]

    def put_key(self, key: Key) -> None:
        """Add a key, or replace the times of the one with the same id."""
        self._do("put_key", **key._asdict())

    def key(self, key_id: int) -> Key | None:
        """Return the key with that id."""
        row = self._row("key", id=key_id)
        return Key(*row) if row else None

    def has_key(self, role: str) -> bool:
        """Say whether there ever was a key for a role."""
        return self._row("has_key", role=role) is not None

    def keys(self, role: str | None = None) -> list[Key]:
        """Return every key, or those of a role, oldest first."""
        return [Key(*row) for row in self._rows("keys", role=role)]

    def use_nonce(self, key_id: int, nonce: str, at: int) -> None:
        """Note that a key has signed with a word; Conflict when it did before. Call inside `writing`."""
        self._do("use_nonce", key_id=key_id, nonce=nonce, at=at)

    def prune_nonces(self, *, oldest: int) -> None:
        """Forget words of requests that were signed before the second `oldest`."""
        self._do("prune_nonces", oldest=oldest)

    def codes_of_chains(self, chains: tuple[str, ...]) -> list[str]:
        """Return the codes of the pharmacies of chains."""
        return [row[0] for rows in self._each("codes_of_chain", ({"chain": one} for one in chains)) for row in rows]

    def place_of_pharmacy(self, pharmacy_id: int) -> tuple[str, int] | None:
        """Return code and district of a pharmacy; None for one that nobody knows."""
        return self._row("place_of_pharmacy", id=pharmacy_id)

    def districts_of_batch(self, batch_id: int) -> list[int]:
        """Return the districts of the pharmacies that a batch of steps was about."""
        return [row[0] for row in self._rows("districts_of_batch", batch_id=batch_id)]
