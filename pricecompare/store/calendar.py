"""Holidays, and which data version last changed a region, in the store."""

from collections.abc import Iterable
from dataclasses import asdict

from pricecompare.models import Holiday
from pricecompare.store.base import Base


class Calendars(Base):
    """Which days are not like others, and when regions changed."""

    def holidays(self) -> list[Holiday]:
        """Return every holiday and every workday on a Saturday or Sunday, by day."""
        return [Holiday(*row) for row in self._rows("holidays")]

    def put_holidays(self, holidays: Iterable[Holiday]) -> None:
        """Add holidays or replace those of the same day."""
        self._many("put_holiday", map(asdict, holidays))

    def delete_holidays(self, days: Iterable[str]) -> None:
        """Let days be like others again."""
        self._many("delete_holiday", ({"day": day} for day in days))

    def region_versions(self) -> dict[int, tuple[int, int]]:
        """Return the data versions that last changed a region's pharmacies, and its prices or sales, by region."""
        return {region: (places, prices) for region, places, prices in self._rows("region_versions")}

    def version_taken_at(self, version: int) -> int | None:
        """Return the second at which the upload or decision was taken that made a data version; None for no such."""
        row = self._row("version_taken_at", version=version)
        return row[0] if row else None

    def touch_prices(self, version: int, regions: Iterable[int]) -> None:
        """Keep that a data version changed the prices or sales of regions, or what follows from them."""
        self._many("touch_prices", ({"version": version, "region_id": region} for region in sorted(regions)))

    def touch_prices_of_upload(self, version: int, upload_id: int, about_id: int | None) -> None:
        """Keep that a data version changed the regions that an upload, or a decision about one, speaks of."""
        self._do("touch_prices_of_upload", version=version, upload_id=upload_id, about_id=about_id or upload_id)
