"""The application for any WSGI server: ``gunicorn app:app``. Settings: PRICECOMPARE_DB and others (README.md)."""

from pricecompare.web import create_app

app = create_app()
