"""What people set: layouts, rules about abnormal prices, limits of guards."""

from pricecompare.store.base import Base


class Settings(Base):
    """Layouts, rules and limits."""

    def layouts(self) -> list[tuple[str, int, str, int]]:
        """Return (name, version, text, made_at) of every layout people added, newest version first."""
        return self._rows("layouts")

    def put_layout(self, name: str, version: int, text: str, made_at: int) -> None:
        """Add a layout; Conflict when there is one of that name and version."""
        self._do("put_layout", name=name, version=version, text=text, made_at=made_at)

    def delete_layout(self, name: str, version: int) -> None:
        """Remove a layout."""
        self._do("delete_layout", name=name, version=version)

    def guard_limits(self, source: str) -> dict[str, float]:
        """Return the limits set for a source, or else for all, by name."""
        return {name: value for _, name, value in self._rows("guard_limits", source=source)}

    def put_guard_limit(self, source: str, name: str, value: float | None) -> None:
        """Set a limit for a source ('' for all); None takes the setting back."""
        if value is None:
            self._do("delete_guard_limit", source=source, name=name)
        else:
            self._do("put_guard_limit", source=source, name=name, value=value)

    def rules(self) -> list[tuple[str, int, str, int, str, str]]:
        """Return (name, version, text, made_at, made_by, why) of every rule people added, newest version first."""
        return self._rows("rules")

    def put_rule(self, name: str, version: int, text: str, *, made_at: int, made_by: str, why: str) -> None:
        """Add a rule; Conflict when there is one of that name and version."""
        self._do("put_rule", name=name, version=version, text=text, made_at=made_at, made_by=made_by, why=why)
