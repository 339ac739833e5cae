"""Flags of one province made from its fresh quotes alone, without any store: the columns of FlagRow."""

import numpy as np

from pricecompare.calc.flags import DEFAULT_RULE, GRADES, assessed, spread, typical_spread

NUMBERS = ("ref_median", "ref_mean", "ratio_median", "ratio_mean")


def _columns(rows):
    return np.array([row[2] for row in rows]), np.array([row[0] for row in rows])


def usual_spread(drugs):
    """Return the usual spread of a province, {drug: [(region, shop, fen, observed)]}."""
    own = [spread(*_columns(rows), DEFAULT_RULE).s for rows in drugs.values()]
    return round(typical_spread(np.array(own), DEFAULT_RULE), 3)


def flags_of(kind, drug, rows, usual):
    """Yield the columns of FlagRow, all but rule, version and names."""
    found = assessed(*_columns(rows), DEFAULT_RULE, usual)
    names = {0: "high", 1: "error_high", -1: "error_low"}
    for at, (region, shop, fen, observed) in enumerate(rows):
        error = int(found.error[at])
        if (found.flagged[at] or error) and not np.isnan(found.ref_median[at]):
            grade = "error" if error else GRADES[found.grade[at]]
            area = "local" if found.ref_area[at] == 0 else "wider"
            numbers = [float(getattr(found, name)[at]) for name in NUMBERS]
            shown = (None, None) if error else (float(found.z[at]), found.spread)
            yield (
                region, drug, kind, shop, names[error], grade, int(found.strong[at]), fen, observed,
                *numbers[:2], int(found.others[at]), area, *numbers[2:], *shown, _factor(numbers[2], error),
            )  # fmt: skip


def _factor(ratio, error):
    """Return the slip a ratio is nearest to, for packs of 24."""
    slips = [slip for one in (10, 100, 24) for slip in (one, 1 / one)]
    nearest = min(slips, key=lambda slip: abs(np.log(ratio / slip)))
    return nearest if error and abs(np.log(ratio / nearest)) <= np.log(1.6) else None
