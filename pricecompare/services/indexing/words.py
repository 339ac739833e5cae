"""What an index says in plain Chinese and English, and what every answer says about how it was computed."""

from typing import Any

from pricecompare.calc.index import METHOD_ID
from pricecompare.calc.index_limits import Limits
from pricecompare.calc.money import nearest
from pricecompare.errors import Reason
from pricecompare.models.indexing import IndexValue
from pricecompare.services.answers.sayings import told
from pricecompare.services.indexing.panels import Wanted

FORMULA = "100 × Σ p·q / Σ p̄·q, p̄ = the region's volume-weighted average price"
NOTE_EN, NOTE_ZH = "A project method: no official formula was published.", "本指数为本项目公布的方法，并非官方公式。"
NOTES = {
    "note_en": f"{NOTE_EN} Not proportional: true differences come out somewhat too small.",
    "note_zh": "本指数为本项目公布的方法，并非官方公式；该方法不满足比例性，真实差异会被略微低估。",
}
WHY = {
    "few_drugs": "index_few_drugs",
    "small_basket": "index_small_basket",
    "low_coverage": "index_low_coverage",
    "low_reliability": "index_low_reliability",
}
"""What is said of each reason for which an index is not published."""

PAID = ("index_says_alike", "index_says_dearer", "index_says_cheaper")
LIES = ("level_says_alike", "level_says_dearer", "level_says_cheaper")
"""What is said of an index at the region's average, above it, and (last, at -1) below."""


def method(wanted: Wanted, version: int) -> dict[str, Any]:
    """Return how an index was computed."""
    named = {"id": wanted.method, "version": version, "reference": wanted.reference}
    if (wanted.method, wanted.reference) == (METHOD_ID, "mean"):
        return named | {"formula": FORMULA, **NOTES}
    from pricecompare.calc.index import registry

    return named | {"formula": registry.method(wanted.method).formula, "note_en": NOTE_EN, "note_zh": NOTE_ZH}


def why(code: str) -> dict[str, str] | None:
    """Return why an index is not published, as a code and in words; None for one that is."""
    return {"code": code, **told(Reason.of(WHY[code]))} if code else None


def says(value: float | None, wanted: Wanted) -> dict[str, str] | None:
    """Return what an index says in one sentence; None where there is none."""
    if value is None:
        return None
    percent = nearest(1000 * value) - 1000
    # Only the headline against the mean is what was paid against what it costs on average.
    sayings = PAID if (wanted.method, wanted.reference) == (METHOD_ID, "mean") else LIES
    code = sayings[(percent > 0) - (percent < 0)]
    return {"code": code, **told(Reason.of(code, percent=f"{abs(percent) / 10:.1f}"))}


def no_rank(value: IndexValue, limits: Limits) -> dict[str, str] | None:
    """Return why an index that is published has no rank; None for one that has, and where its status says why."""
    if value.rank or value.status != "published":
        return None
    if value.reliability is None:
        return {"code": "index_no_rank_unsure", **told(Reason.of("index_no_rank_unsure"))}
    # Cut and not rounded: 0.698 is not 0.70, which would do.
    said = {"reliability": f"{int(100 * value.reliability) / 100:.2f}", "needed": f"{limits.rank_reliability:g}"}
    return {"code": "index_no_rank", **told(Reason.of("index_no_rank", **said))}


def assortment(value: IndexValue) -> dict[str, Any] | None:
    """Return what is to be said where headline and like-for-like level differ by more than the interval; else None."""
    index, level, low, high = value.value, value.level, value.level_low, value.level_high
    if index is None or level is None or low is None or high is None or low <= index <= high:
        return None
    said = {name: f"{100 * number:.1f}" for name, number in
            {"index": index, "level": level, "low": low, "high": high}.items()}  # fmt: skip
    return {"code": "assortment_effect", **told(Reason.of("assortment_effect", **said))}


def volume_audit(value: float | None, region_volume: float | None, high: float | None) -> dict[str, Any] | None:
    """Return what is to be said where own volumes make a pharmacy look cheaper than those of the region; else None."""
    if value is None or region_volume is None or high is None or region_volume <= high:
        return None
    said = {"index": f"{100 * value:.1f}", "region_volume": f"{100 * region_volume:.1f}"}
    return {"code": "volume_audit", **told(Reason.of("volume_audit", **said))}
