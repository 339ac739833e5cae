"""What holds where nobody says anything else; here alone, so that it is known before anything large is loaded."""

DEFAULT_DB = "prices.db"
"""Where the database is."""
