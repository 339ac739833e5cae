"""Files that come in: read, checked row by row, and taken all or nothing."""

from pricecompare.services.ingest.upload import Report, import_file

__all__ = ["Report", "import_file"]
