"""Flags and statistics of one province made from its fresh quotes alone, without any store."""

from statistics import fmean, median

import numpy as np

from pricecompare.calc.flags import DEFAULT_RULE, GRADES, assessed, spread, typical_spread
from pricecompare.models import MarketKey

NUMBERS = ("ref_median", "ref_mean", "ratio_median", "ratio_mean")


def _columns(rows):
    return np.array([row[2] for row in rows]), np.array([row[0] for row in rows])


def _aside(rows):
    return np.array([bool(row[4]) for row in rows])


def usual_spread(drugs):
    """Return the usual spread of a province, {drug: [(region, shop, fen, observed, held)]}."""
    own = [spread(*_columns(rows), DEFAULT_RULE, _aside(rows)).s for rows in drugs.values()]
    return round(typical_spread(np.array(own), DEFAULT_RULE), 3)


def flags_of(kind, drug, rows, usual):
    """Yield the columns of FlagRow, all but rule, version and names."""
    found = assessed(*_columns(rows), DEFAULT_RULE, usual, _aside(rows))
    names = {0: "high", 1: "error_high", -1: "error_low"}
    for at, (region, shop, fen, observed, _) in enumerate(rows):
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


def statistics_of(live, home, quotes, fresh):
    """Return (n, mean, median, stale, doubtful) by market of {(shop, drug, kind): (observed, fen, stock, held)}."""
    found = {}
    for (shop, drug, kind), (observed, fen, _, held) in live.items():
        rows = found.setdefault(MarketKey(home[shop], drug, kind), ([], [], []))
        if not fresh(observed):
            rows[0].append(fen)
        else:
            those = [one[2] for one in quotes[home[shop] // 10_000, kind][drug] if not one[4]]
            rows[1 if held or _error(fen, those) else 2].append(fen)
    return {
        key: (len(sound), fmean(sound) if sound else None, median(sound) if sound else None, len(old), len(doubted))
        for key, (old, doubted, sound) in found.items()
    }


def _error(fen, those):
    return len(those) >= 5 and max(fen / median(those), median(those) / fen) >= 5
