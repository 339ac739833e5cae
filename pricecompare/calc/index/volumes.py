"""The volume half of price and volume (量价): an outlet's own quantities against the region's average pharmacy."""

from dataclasses import dataclass

import numpy as np

from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.index.references import reference_of_rows, reference_prices
from pricecompare.calc.index.stars import fisher
from pricecompare.calc.index.sums import ratio, sums
from pricecompare.calc.sold import Floats


@dataclass(frozen=True, slots=True)
class Volumes:
    """Arrays of shape (outlets,), 1.0 is the region's average pharmacy; nan where an outlet sold nothing compared.

    `value` = E_j / Ē, Ē the mean compared turnover of pharmacies that sold anything compared. Exactly
    value = price × volume, price the headline (Paasche), volume = Σ p̄_i q_ij / Σ p̄_i q̄_i (Laspeyres);
    and exactly value = fisher_price × fisher_volume × assortment, where both Fisher indices compare only the drugs
    the outlet sells and `assortment` is the part of the average pharmacy's turnover that those drugs make up.
    """

    value: Floats
    price: Floats
    volume: Floats
    fisher_price: Floats
    fisher_volume: Floats
    assortment: Floats


def volumes(quotes: Quotes) -> Volumes:
    """Return how much each outlet sells against the average pharmacy of the region, q̄_i = Q_i / R.

    >>> from pricecompare.calc.index.compared import quotes
    >>> sold = quotes(np.array([0, 1]), np.array([0, 0]), np.array([1000, 600]), np.array([100, 50]), min_others=1)
    >>> found = volumes(sold)
    >>> found.value.round(4).tolist(), found.volume.round(4).tolist()
    ([1.25, 0.75], [1.3333, 0.6667])
    """
    mean = quotes.paid.sum() / max(int((quotes.paid > 0).sum()), 1)
    cost = _of_outlet(quotes, reference_of_rows(quotes, "mean") * quotes.quantity)
    value, price = ratio(quotes.paid, np.where(quotes.paid > 0, mean, 0.0)), ratio(quotes.paid, cost)
    average, assortment = _average_basket(quotes)
    level = fisher(quotes)
    return Volumes(
        value=value,
        price=price,
        volume=np.where(quotes.paid > 0, cost / mean, np.nan),
        fisher_price=level,
        fisher_volume=ratio(quotes.paid, average) / level,
        assortment=np.where(quotes.paid > 0, assortment, np.nan),
    )


def _average_basket(quotes: Quotes) -> tuple[Floats, Floats]:
    """Return what the average pharmacy turns over with the drugs each outlet sells, in fen and as a part of all."""
    pharmacies = max(int((quotes.paid > 0).sum()), 1)
    price = reference_prices(quotes.drug, quotes.value, quotes.quantity, quotes.n_drugs)
    turnover = np.nan_to_num(price) * quotes.packs / pharmacies
    average = _of_outlet(quotes, turnover[quotes.drug])
    return average, average / max(float(turnover.sum()), 1e-300)


def _of_outlet(quotes: Quotes, amount: Floats) -> Floats:
    return sums(quotes.outlet, amount, quotes.n_outlets)
