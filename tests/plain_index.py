"""The index methods as their formulas say, slow and small, over {(outlet, drug): (value, quantity)}."""

import math
from collections import defaultdict
from statistics import median

import numpy as np

VARIANCE = {"HC0": 0.0, "HC2": 0.5, "HC3": 1.0}


def plain_sales(rows):
    """Return {(outlet, drug): (value, quantity)} of raw rows, summed, without what does not remain above zero."""
    sums = defaultdict(lambda: (0.0, 0.0))
    for outlet, drug, value, quantity in rows:
        before = sums[outlet, drug]
        sums[outlet, drug] = (before[0] + value, before[1] + quantity)
    return {pair: sale for pair, sale in sorted(sums.items()) if min(sale) > 0}


def outlets_of(sales):
    return sorted({outlet for outlet, _ in sales})


def own_of(sales, outlet):
    """Return {drug: (price, quantity, value)} of one outlet."""
    return {drug: (v / q, q, v) for (seller, drug), (v, q) in sales.items() if seller == outlet}


def sellers_of(sales, drug, without=None):
    """Return [(price, quantity, value)] of all sellers of a drug but one."""
    return [(v / q, q, v) for (seller, other), (v, q) in sales.items() if other == drug and seller != without]


def mode(prices):
    fen = [math.floor(price + 0.5) for price in prices]
    return min(fen, key=lambda price: (-fen.count(price), price))


def reference(sales, drug, outlet, kind):
    """Return the reference price of a drug for an outlet, None where nobody else sells it."""
    sold = sellers_of(sales, drug, outlet if kind.endswith("_others") else None)
    prices = [price for price, _, _ in sold]
    if not sold:
        return None
    name = kind.removesuffix("_others")
    if name == "mean":
        return sum(v for _, _, v in sold) / sum(q for _, q, _ in sold)
    if name == "geometric":
        return math.exp(sum(map(math.log, prices)) / len(prices))
    return median(prices) if name == "median" else mode(prices)


def headline(sales, outlet, kind):
    """Return Σ p q / Σ p̄ q over the drugs that have a reference, nan without one."""
    held = {drug: reference(sales, drug, outlet, kind) for drug in own_of(sales, outlet)}
    own = {drug: one for drug, one in own_of(sales, outlet).items() if held[drug] is not None}
    return sum(v for _, _, v in own.values()) / sum(held[d] * q for d, (_, q, _) in own.items()) if own else math.nan


def of_pair(base, other, formula):
    """Return a bilateral index of two outlets' {drug: (price, quantity, value)}, nan without a common drug."""
    common = sorted(base.keys() & other.keys())
    if not common:
        return math.nan
    p0, q0, v0 = np.array([base[drug] for drug in common]).T
    p1, q1, v1 = np.array([other[drug] for drug in common]).T
    laspeyres, paasche = (p1 @ q0) / (p0 @ q0), (p1 @ q1) / (p0 @ q1)
    return {
        "laspeyres": laspeyres,
        "paasche": paasche,
        "fisher": math.sqrt(laspeyres * paasche),
        "walsh": (p1 @ np.sqrt(q0 * q1)) / (p0 @ np.sqrt(q0 * q1)),
        "tornqvist": math.exp(((v0 / v0.sum() + v1 / v1.sum()) / 2) @ np.log(p1 / p0)),
        "jevons": math.exp(np.log(p1 / p0).mean()),
    }[formula]


def region_as_shop(sales):
    """Return {drug: (average price, all quantity, value)} of the region."""
    found = {}
    for drug in {drug for _, drug in sales}:
        sold = sellers_of(sales, drug)
        value, quantity = sum(v for _, _, v in sold), sum(q for _, q, _ in sold)
        found[drug] = (value / quantity, quantity, value)
    return found


def groups(sales):
    """Return the connected groups of outlets, the largest first, then by the first outlet."""
    left, found = set(outlets_of(sales)), []
    while left:
        group, before = {min(left)}, set()
        while group != before:
            before = set(group)
            drugs = {drug for outlet, drug in sales if outlet in group}
            group = {outlet for outlet, drug in sales if drug in drugs}
        found.append(sorted(group))
        left -= group
    return sorted(found, key=lambda group: (-len(group), group[0]))


def part(sales, group):
    return {pair: sale for pair, sale in sales.items() if pair[0] in group}


def geks(sales, group, formula, weights):
    """Return ln level of each outlet of a group by least squares over an explicit list of pairs."""
    own = {outlet: own_of(sales, outlet) for outlet in group}
    rows, right, root = [], [], []
    for j, k in ((j, k) for j in group for k in group if j != k and own[j].keys() & own[k].keys()):
        common = own[j].keys() & own[k].keys()
        shares = sum(own[one][drug][2] / sum(v for _, _, v in own[one].values()) for one in (j, k) for drug in common)
        root.append(math.sqrt({"none": 1.0, "overlap": len(common), "shares": shares / 2}[weights]))
        rows.append([(one == k) - (one == j) for one in group])
        right.append(math.log(of_pair(own[j], own[k], formula)))
    if not rows:
        return np.zeros(len(group))
    root = np.array(root)
    found = np.linalg.lstsq(np.array(rows, float) * root[:, None], np.array(right) * root, rcond=None)[0]
    return found - found.mean()


def design(sales, group):
    """Return the dummies, ln p and shares of a group's quotes: outlets first, then drugs."""
    here = part(sales, group)
    drugs = sorted({drug for _, drug in here})
    x = np.array([[o == g for g in group] + [d == one for one in drugs] for o, d in here], float)
    paid = {outlet: sum(v for _, _, v in own_of(sales, outlet).values()) for outlet in group}
    return (
        x,
        np.array([math.log(v / q) for v, q in here.values()]),
        np.array([v / paid[o] for (o, _), (v, _) in here.items()]),
    )


def cpd(sales, group, weights, kind, centre):
    """Return θ minus its mean weighted by `centre`, and its standard error by the sandwich written out.

    Rows of leverage 1 say nothing about their own error: they are left out of HC2 and HC3.
    """
    x, y, share = design(sales, group)
    u = share if weights == "shares" else np.ones(len(y))
    bread = np.linalg.pinv(x.T @ (u[:, None] * x))
    effect = bread @ x.T @ (u * y)
    e = y - x @ effect
    contrast = np.zeros((len(group), x.shape[1]))
    contrast[:, : len(group)] = np.eye(len(group)) - np.array(centre)
    influence = contrast @ bread @ x.T * u
    n, k = len(y), x.shape[1] - 1
    if kind == "const":
        squares = (
            (contrast @ bread @ contrast.T).diagonal() * (u @ e**2) / (n - k) if n > k else np.full(len(group), np.nan)
        )
    elif kind.startswith("cluster"):
        squares = ((influence * e @ x[:, len(group) :]) ** 2).sum(axis=1)
        drugs = x.shape[1] - len(group)
        squares = squares * (1 if kind == "cluster0" else _or_nan(drugs * (n - 1), (drugs - 1) * (n - k)))
    else:
        left = 1 - u * np.einsum("nk,kl,nl->n", x, bread, x)
        left = np.where(left > 1e-9, left, np.inf)
        squares = influence**2 @ (e / left ** VARIANCE.get(kind, 0.0)) ** 2
        squares = squares * (_or_nan(n, n - k) if kind == "HC1" else 1)
    return effect[: len(group)] - np.array(centre) @ effect[: len(group)], np.sqrt(squares)


def _or_nan(above, below):
    return above / below if below > 0 else math.nan


def system(sales, group, name, rounds=3000):
    """Return PPP of each outlet of a group by plain rounds from 1, up to a factor."""
    here = part(sales, group)
    own = {outlet: own_of(sales, outlet) for outlet in group}
    paid = {outlet: sum(v for _, _, v in own[outlet].values()) for outlet in group}
    level = dict.fromkeys(group, 1.0)
    for _ in range(rounds):
        before = dict(level)
        price = {drug: _price(drug, here, paid, level, name) for drug in {drug for _, drug in here}}
        level = {outlet: _level(own[outlet], paid[outlet], price, name) for outlet in group}
        if max(abs(math.log(level[one] / before[one])) for one in group) < 1e-15:
            break
    return np.array([level[outlet] for outlet in group])


def _price(drug, here, paid, level, name):
    sold = [(v / q, q, v / paid[o], level[o], v) for (o, other), (v, q) in here.items() if other == drug]
    if name == "geary_khamis":
        return sum(v / ppp for _, _, _, ppp, v in sold) / sum(q for _, q, _, _, _ in sold)
    shares = sum(s for _, _, s, _, _ in sold)
    if name == "idb":
        return shares / sum(s * ppp / p for p, _, s, ppp, _ in sold)
    if name == "rao_hajargasht":
        return sum(s * p / ppp for p, _, s, ppp, _ in sold) / shares
    return math.exp(sum(math.log(p) for p, *_ in sold) / len(sold))


def _level(own, paid, price, name):
    if name == "rao_hajargasht":
        return sum(v / paid * p / price[drug] for drug, (p, _, v) in own.items())
    return paid / sum(price[drug] * q for drug, (_, q, _) in own.items())


def paule_mandel(y, se):
    """Return τ² by halving."""

    def excess(variance):
        w = 1 / (variance + se**2)
        return w @ (y - w @ y / w.sum()) ** 2 - (len(y) - 1)

    low, high = 0.0, 1e6
    if excess(low) <= 0:
        return 0.0
    for _ in range(300):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return high
