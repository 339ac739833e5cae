"""Every sentence an error or a flag can say: stable code → (English, Chinese), kept in texts.toml."""

import tomllib
from importlib.resources import files

TEXTS: dict[str, tuple[str, str]] = {
    code: (text["en"], text["zh"])
    for code, text in tomllib.loads(files("pricecompare").joinpath("texts.toml").read_text("utf-8")).items()
}
"""Codes are never renamed or reused: programs rely on them."""
