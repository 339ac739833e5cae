"""Lists as tables: what stands in each column."""

from typing import NamedTuple

TYPES = ("text", "code", "integer", "money", "ratio", "truth", "moment", "day")
"""What a column holds: a text, a code, a whole number, whole fen, a number with decimals, a truth value, a second since
1970 UTC, a day as ISO text. Any of them may be None."""

LANGUAGES = ("zh", "en")
FORMATS = ("csv", "xlsx", "json", "zip")
"""`zip`: CSV and its manifest in one file, as XLSX and JSON have it inside."""


class Column(NamedTuple):
    """A column: its name, its headers in Chinese and English, what it holds, and whether a list adds it up.

    What is `noted` stands only in files, each of which is an entry of the audit trail.
    """

    name: str
    zh: str
    en: str
    type: str = "text"
    summed: bool = False
    noted: bool = False

    def header(self, lang: str) -> str:
        """Return the header in one of LANGUAGES."""
        return self.zh if lang == "zh" else self.en
