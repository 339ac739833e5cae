"""People at the console in the store, their sessions, and attempts to log in that failed."""

from pricecompare.models.access import User
from pricecompare.store.base import Base


class Users(Base):
    """People, sessions and failures, the same for every process of a server."""

    def next_user(self) -> int:
        """Return the next free id; only meaningful inside `writing`."""
        return self._rows("next_user")[0][0]

    def put_user(self, user: User) -> None:
        """Add a person, or replace the one with the same id; Conflict for a name that another one has."""
        self._do("put_user", **user._asdict())

    def user(self, name: str) -> User | None:
        """Return the person of that name."""
        row = self._row("user", name=name)
        return User(*row) if row else None

    def users(self) -> list[User]:
        """Return everybody, by name."""
        return [User(*row) for row in self._rows("users")]

    def put_session(self, token_hash: str, user_id: int, *, until: int) -> None:
        """Begin a session."""
        self._do("put_session", hash=token_hash, user_id=user_id, until_at=until)

    def user_of_session(self, token_hash: str, now: int) -> User | None:
        """Return whose session it is; None for one that is over, and for a person who was shut out."""
        row = self._row("user_of_session", hash=token_hash, now=now)
        return User(*row) if row else None

    def end_session(self, token_hash: str) -> None:
        """End a session."""
        self._do("end_session", hash=token_hash)

    def end_sessions(self, user_id: int) -> None:
        """End every session of a person."""
        self._do("end_sessions", user_id=user_id)

    def failures(self, who: str, since: int) -> tuple[int, int | None]:
        """Return how many attempts failed in somebody's name since a second, and the oldest of them."""
        return self._rows("failures", who=who, since=since)[0]

    def put_failure(self, who: str, at: int) -> None:
        """Count an attempt that failed."""
        self._do("put_failure", who=who, at=at)

    def forget_failures(self, who: str) -> None:
        """Forget the failures in somebody's name, who got in now."""
        self._do("forget_failures", who=who)

    def prune_console(self, *, now: int, oldest: int) -> None:
        """Forget sessions that are over and failures from before the second `oldest`."""
        self._do("prune_sessions", now=now)
        self._do("prune_failures", oldest=oldest)
