"""Files that come in: read, checked row by row, and taken all or nothing."""

from pricecompare.services.ingest.upload import Asked, Report, import_file

__all__ = ["Asked", "Report", "import_file"]
