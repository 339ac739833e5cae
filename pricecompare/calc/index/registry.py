"""Every method by id and version, with the words and the formula it is published under.

A number keeps its method's id and version for good: a changed formula is a new version here, never another meaning.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pricecompare.calc.index import multilateral, stars
from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.index.cpd import cpd
from pricecompare.calc.index.geks import PAIR_WEIGHTS, PairWeights, geks
from pricecompare.calc.index.headlines import METHOD_ID, METHOD_VERSION, headline_of
from pricecompare.calc.index.levels import Levels, Logs, apart, grouped_levels
from pricecompare.calc.index.pairs import Formula
from pricecompare.calc.index.references import REFERENCES, Reference
from pricecompare.calc.sold import Floats
from pricecompare.errors import Invalid


@dataclass(frozen=True, slots=True)
class Method:
    """One way to a level: what it is called in public, and the function of quotes.

    `references` are the kinds of reference price it takes, the first by default; none for a method without.
    """

    id: str
    version: int
    title_zh: str
    title_en: str
    formula: str
    compute: Callable[[Quotes, Reference | None], Levels]
    references: tuple[Reference, ...] = ()

    def levels(self, quotes: Quotes, reference: Reference | None = None) -> Levels:
        """Return the levels of all outlets; raise `Invalid` (bad_choice) for a reference the method does not take."""
        if reference is not None and reference not in self.references:
            raise Invalid("bad_choice", field="reference", value=reference, choices=", ".join(self.references))
        return self.compute(quotes, reference or next(iter(self.references), None))


def method(id: str) -> Method:
    """Return a method by its id; raise `Invalid` (bad_choice) when there is none."""
    if id not in METHODS:
        raise Invalid("bad_choice", field="method", value=id, choices=", ".join(METHODS))
    return METHODS[id]


def _headline(quotes: Quotes, reference: Reference | None) -> Levels:
    found = headline_of(quotes, reference or "mean")
    return apart(quotes, found.index, found.se / found.index)


def _star(formula: Callable[[Quotes], Floats], quotes: Quotes, reference: Reference | None) -> Levels:
    return apart(quotes, formula(quotes))


def _system(system: Callable[[Quotes], Logs], quotes: Quotes, reference: Reference | None) -> Levels:
    return grouped_levels(quotes, system)


def _cpd(quotes: Quotes, reference: Reference | None) -> Levels:
    return cpd(quotes, "equal")


def _cpd_weighted(quotes: Quotes, reference: Reference | None) -> Levels:
    return cpd(quotes, "shares")


_ALL = (
    Method(
        METHOD_ID, METHOD_VERSION, "量价比较指数（主指数）", "Headline index",
        "Σ p·q / Σ p̄·q; p̄ = the region's reference price", _headline, REFERENCES,
    ),
    Method(
        "region_volume", 1, "区域销量指数（Lowe，核查用）", "Region-volume index (Lowe), for audit",
        "Σ p·Q / Σ p̄·Q; Q = the region's quantity", partial(_star, stars.region_volume),
    ),
    Method(
        "region_fisher", 1, "区域 Fisher 指数", "Fisher index against the region",
        "√(Σ p·Q / Σ p̄·Q × Σ p·q / Σ p̄·q)", partial(_star, stars.fisher),
    ),
    Method(
        "region_tornqvist", 1, "区域 Törnqvist 指数", "Törnqvist index against the region",
        "exp Σ ½(s + s̄)·ln(p / p̄)", partial(_star, stars.tornqvist),
    ),
    Method(
        "region_walsh", 1, "区域 Walsh 指数", "Walsh index against the region",
        "Σ p·√(q·Q) / Σ p̄·√(q·Q)", partial(_star, stars.walsh),
    ),
    Method(
        "region_jevons", 1, "区域 Jevons 指数", "Jevons index against the region",
        "exp mean ln(p / p̄)", partial(_star, stars.jevons),
    ),
    Method(
        "cpd_weighted", 1, "同品价格水平（加权 CPD）", "Like-for-like level (weighted CPD)",
        "ln p = π + θ + e, weights s = v / E; Σ E/PPP = Σ E", _cpd_weighted,
    ),
    Method(
        "cpd", 1, "货架价格水平（CPD）", "Shelf-price level (CPD)",
        "ln p = π + θ + e, equal weights; Σ E/PPP = Σ E", _cpd,
    ),
    Method(
        "geary_khamis", 1, "Geary-Khamis 水平", "Geary-Khamis level",
        "π = Σ (v / PPP) / Q, PPP = E / Σ π·q", partial(_system, multilateral.geary_khamis),
    ),
    Method(
        "geary_khamis_one_step", 1, "Geary-Khamis 一步", "Geary-Khamis, one step",
        "π = Σ v / Q, PPP = E / Σ π·q", partial(_system, multilateral.geary_khamis_one_step),
    ),
    Method(
        "idb", 1, "IDB 水平", "Iklé-Dikhanov-Balk level",
        "π = Σ s / Σ (s·PPP / p), 1/PPP = Σ s·π / p", partial(_system, multilateral.idb),
    ),
    Method(
        "rao_hajargasht", 1, "Rao-Hajargasht 水平", "Rao-Hajargasht level",
        "π = Σ (s·p / PPP) / Σ s, PPP = Σ s·p / π", partial(_system, multilateral.rao_hajargasht),
    ),
    Method(
        "gerardi", 1, "Gerardi 水平", "Gerardi level",
        "π = exp mean ln p, PPP = E / Σ π·q", partial(_system, multilateral.gerardi),
    ),
)  # fmt: skip

_GEKS_TITLES: dict[Formula, str] = {
    "fisher": "Fisher", "tornqvist": "Törnqvist", "walsh": "Walsh", "jevons": "Jevons", "laspeyres": "Laspeyres",
    "paasche": "Paasche",
}  # fmt: skip
_PAIR_TITLES: dict[PairWeights, tuple[str, str, str]] = {
    "none": ("", "", "1"),
    "overlap": ("（按共同药品数加权）", ", weighted by common drugs", "|C|"),
    "shares": ("（按共同份额加权）", ", weighted by common shares", "Σ_C (s_j + s_k)/2"),
}


def _geks(formula: Formula, weights: PairWeights) -> Method:
    """Return the GEKS method over one bilateral formula; equal weights go without a suffix."""
    zh, en, omega = _PAIR_TITLES[weights]
    return Method(
        f"geks_{formula}" + ("" if weights == "none" else f"_{weights}"),
        1,
        f"GEKS-{_GEKS_TITLES[formula]} 水平{zh}",
        f"GEKS-{_GEKS_TITLES[formula]} level{en}",
        f"min Σ ω (ln I_jk − θ_k + θ_j)², I = {_GEKS_TITLES[formula]}, ω = {omega}",
        partial(_system, partial(geks, formula=formula, weights=weights)),
    )


METHODS: dict[str, Method] = {
    one.id: one for one in (*_ALL, *(_geks(formula, weights) for weights in PAIR_WEIGHTS for formula in _GEKS_TITLES))
}
"""All methods by id, the headline first."""
