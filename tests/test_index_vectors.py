"""The index methods against R's pricelevels, survey and sandwich, 50-digit arithmetic, and the figures printed here."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from pricecompare.calc.index import headline_of, multilateral, quotes, stars
from pricecompare.calc.index.cpd import cpd
from pricecompare.calc.index.geks import PAIR_WEIGHTS, geks
from pricecompare.calc.index.levels import geometric, grouped_levels, money
from pricecompare.calc.index.pairs import FORMULAS, bilateral
from tests.made_quotes import EVERYTHING

VECTORS = Path(__file__).resolve().parents[1].parent / "shared" / "vectors" / "index"
NAMES = ("G1_rdata_R3B1N5_seed123", "G2_rdata_R10B4N5_full_seed1", "R2_pharm12x30_gap40", "T1_complete3x4")
NAMES += ("T2_gaps4x6", "T3_disconnected", "T4_identity", "T5_proportional", "T6_units", "T7_oneproduct", "T8_tiny")
NAMES += ("T9_duplicates",)
PERFECT = ("T4_identity", "T5_proportional", "T7_oneproduct")
"""Where no error is left, R's standard errors are warnings."""
THEIRS = {"tornqvist": "toernqvist", "none": "none", "overlap": "obs", "shares": "shares"}
SYSTEMS = {
    "gkhamis-iter": multilateral.geary_khamis,
    "gkhamis-matrix": multilateral.geary_khamis,
    "gkhamis-1step": multilateral.geary_khamis_one_step,
    "ikle": multilateral.idb,
    "rhajargasht": multilateral.rao_hajargasht,
    "gerardi": multilateral.gerardi,
}
STARS = {"laspeyres": stars.region_volume, "paasche": stars.paasche, "fisher": stars.fisher}
STARS |= {"toernqvist": stars.tornqvist, "walsh": stars.walsh, "jevons": stars.jevons}


class Case:
    """One vector: its quotes, and comparison by the outlets' names."""

    def __init__(self, name):
        if not VECTORS.exists():
            pytest.skip("shared/vectors/index is absent: the vectors are kept beside the project.")
        self.name = name
        self.told = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
        rows = self.told["quotes"]
        names, outlet = np.unique([row["region"] for row in rows], return_inverse=True)
        drug = np.unique([row["product"] for row in rows], return_inverse=True)[1]
        price, packs = (np.array([row[column] for row in rows]) for column in ("price", "quantity"))
        self.outlets = names.tolist()
        self.quotes = quotes(outlet, drug, price * packs, packs, **EVERYTHING)

    def agrees(self, found, expected, rel=1e-9, zero=1e-14):
        """Hold levels against {outlet: level or None}; what is None for a group that pricelevels leaves out."""
        known = [j for j, name in enumerate(self.outlets) if expected.get(name) is not None]
        assert known
        told = [float(expected[self.outlets[j]]) for j in known]
        np.testing.assert_allclose(np.asarray(found)[known], told, rtol=rel, atol=zero)


@pytest.fixture(params=NAMES)
def case(request):
    return Case(request.param)


def arithmetic(log, paid):
    return log - np.log(np.exp(log).mean())


def test_systems_are_those_of_pricelevels(case):
    for name, method in SYSTEMS.items():
        found = grouped_levels(case.quotes, method, arithmetic)
        case.agrees(found.level, case.told["pricelevels"][f"{name}|base=NULL"])


def test_dummy_levels_are_those_of_pricelevels(case):
    theirs = case.told["pricelevels"]
    weighted = cpd(case.quotes, "shares", None, "geometric").level
    case.agrees(weighted, theirs["cpd-w|base=NULL"])
    case.agrees(weighted, theirs["rao|base=NULL"])
    if case.name != "T9_duplicates":
        case.agrees(cpd(case.quotes, "equal", None, "geometric").level, theirs["cpd|base=NULL"])


def test_indices_against_the_region_are_those_of_pricelevels(case):
    for name, function in STARS.items():
        if (case.name, name) != ("T9_duplicates", "jevons"):
            case.agrees(function(case.quotes), case.told["pricelevels"][f"star-{name}|base=~REGION"])


def test_geks_is_that_of_pricelevels(case):
    for formula in FORMULAS:
        for weights in PAIR_WEIGHTS:
            if (case.name, weights) != ("T9_duplicates", "shares"):
                found = grouped_levels(case.quotes, partial(geks, formula=formula, weights=weights), geometric)
                theirs = f"geks-{THEIRS.get(formula, formula)}-w{THEIRS[weights]}|base=NULL"
                case.agrees(found.level, case.told["pricelevels"][theirs])


def test_pairs_are_those_of_pricelevels(case):
    for pair in case.told["pairs"]:
        base, other = case.outlets.index(pair["base"]), case.outlets.index(pair["region"])
        for formula in FORMULAS:
            if pair[THEIRS.get(formula, formula)] is not None:
                found = bilateral(case.quotes, base, formula)[other]
                assert found == pytest.approx(pair[THEIRS.get(formula, formula)], rel=1e-9)


def test_errors_are_those_of_sandwich(case):
    theirs = (case.told["cpd_se(sandwich)"] or {}) if case.name not in PERFECT else {}
    for name, told in theirs.items():
        weights, kind = name.split(":")
        kind = kind.replace("cluster_product_HC", "cluster")
        found = cpd(case.quotes, "shares" if weights == "weighted" else "equal", kind, "geometric")
        case.agrees(np.log(found.level), {outlet: one["theta"] for outlet, one in told.items()})
        known = {outlet: one["se"] for outlet, one in told.items() if one["se"] is not None}
        if known:
            # An error of zero is the root of what rounding left: 6e-10 in R.
            case.agrees(found.se, known, zero=1e-9)


def test_the_headline_and_the_others_only_are_those_of_survey(case):
    told = case.told["primary_ratio_se(survey::svyratio)"] or {}
    for kind, suffix in (("mean", ""), ("mean_others", "_loo")):
        found = headline_of(case.quotes, kind)
        for column, name in ((found.index, "index"), (found.se, "se")):
            if told:
                case.agrees(column, {outlet: one[name + suffix] for outlet, one in told.items()})


def test_fifty_digits(case):
    """To 1e-12, as far as 64-bit numbers hold the sales."""
    exact = case.told["own_50_digit"] or {}
    others = headline_of(case.quotes, "mean_others")
    found = {
        "primary": headline_of(case.quotes).index,
        "primary_loo": others.index,
        "primary_loo_coverage": others.coverage,
        "geks_fisher(geomean=1)": grouped_levels(case.quotes, geks, geometric).level,
        "cpd_w(geomean=1)": cpd(case.quotes, "shares", "HC3", "geometric").level,
        "geary_khamis(sum E/PPP=sum E)": grouped_levels(case.quotes, multilateral.geary_khamis, money).level,
    }
    assert set(exact) <= set(found)
    for name, told in exact.items():
        case.agrees(found[name], told, rel=1e-12)


T1 = {
    "a": ((10.0, 100), (20.0, 10), (5.0, 40), (8.0, 5)),
    "b": ((12.0, 20), (18.0, 30), (6.0, 10), (8.0, 15)),
    "c": ((9.0, 5), (25.0, 2), (5.5, 60), (10.0, 1)),
}
"""Price and packs of three outlets and four drugs."""
EXAMPLES = {
    "headline": (0.9788481231681909, 1.015926070488117, 1.038353514498819),
    "headline, others only": (0.906882591093117, 0.958038302523404, 1.06443719412724),
    "geks_fisher": (0.966133507694937, 1.00482754479886, 1.03008087443111),
    "cpd_weighted": (0.957041713994451, 0.997159101331525, 1.04786340835809),
    "geary_khamis": (0.971752402945768, 1.02068040580314, 1.05431035822920),
}


def test_the_printed_examples():
    outlet, drug = np.divmod(np.arange(12), 4)
    price, packs = np.array([quote for own in T1.values() for quote in own]).T
    these = quotes(outlet, drug, price * packs, packs, **EVERYTHING)
    found = {
        "headline": headline_of(these).index,
        "headline, others only": headline_of(these, "mean_others").index,
        "geks_fisher": grouped_levels(these, geks, geometric).level,
        "cpd_weighted": cpd(these, centre="geometric").level,
        "geary_khamis": grouped_levels(these, multilateral.geary_khamis, money).level,
    }
    for name, told in EXAMPLES.items():
        assert found[name] == pytest.approx(told, rel=1e-12), name


def test_who_shares_few_drugs_needs_the_companion():
    """T2: outlet c looks average in the headline, cheap against the others, and is 5 % dear like for like."""
    case = Case("T2_gaps4x6")
    c = case.outlets.index("c")
    gk = grouped_levels(case.quotes, multilateral.geary_khamis, money).level[c]
    found = headline_of(case.quotes).index[c], headline_of(case.quotes, "mean_others").index[c], gk
    assert found == pytest.approx((1.0003, 0.954, 1.055), abs=5e-4)
