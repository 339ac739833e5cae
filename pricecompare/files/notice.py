"""A letter of one page as PDF, made by typst: the same letter with the same fonts is the same bytes."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import orjson

from pricecompare.errors import Unusable

FONTS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "Noto Serif CJK SC", "Source Han Serif SC",
    "Noto Serif SC", "Microsoft YaHei", "PingFang SC", "SimSun", "NSimSun", "SimHei", "FangSong", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Droid Sans Fallback", "AR PL UMing CN", "AR PL UKai CN",
)  # fmt: skip
"""Families with Chinese letters, those that are taken first in front."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says: all of it plain text but for `picture`, an SVG; `facts` and `answering` are pairs."""

    lang: str
    title: str
    number: str
    day: str
    to: str
    opening: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    picture: str
    caption: str
    answering: tuple[tuple[str, str], ...]
    sender: str
    foot: str


def letter_pdf(letter: Letter, *, second: int, folder: str = "") -> bytes:
    """Return a letter as PDF that says it was made at `second` (UTC).

    Fonts are those of the system, or with a `folder` those in it alone. Raises Unusable where typst is not installed
    (notice_off) or no font has Chinese letters (notice_no_font).
    """
    typst, fonts = _typst(), _fonts(folder)
    said = asdict(letter) | {"font": _family(fonts.families())}
    template = resources.files(__package__).joinpath("notice.typ").read_bytes()
    inputs = {"notice": orjson.dumps(said).decode()}
    made: bytes = typst.compile(template, font_paths=fonts, sys_inputs=inputs, format="pdf", timestamp=second)
    return made


@lru_cache(maxsize=4)
def _fonts(folder: str) -> Any:
    """Return the fonts there are, looked for once.

    typst keeps what it has worked out for as long as the fonts are the same: with others each time it would keep ten
    letters' worth, hundreds of megabytes.
    """
    return _typst().Fonts(not folder, include_embedded_fonts=False, font_paths=[folder] if folder else [])


def _typst() -> Any:
    """Return the library, which nothing else needs."""
    try:
        import typst
    except ImportError as error:
        raise Unusable("notice_off") from error
    return typst


def _family(families: Iterable[str]) -> str:
    """Return the font to write with."""
    there = set(families)
    found = next((one for one in FONTS if one in there), None)
    if found is None:
        raise Unusable("notice_no_font", fonts=", ".join(FONTS[:3]))
    return found
