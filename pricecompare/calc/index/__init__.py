"""The price-volume comparison index (量价比较指数): the headline, how it is shown, and what it is made of.

Every method stands in `registry.METHODS` by id and version; each is a function of `Quotes`. The names here are
those of the headline, and load no more than numpy.
"""

from pricecompare.calc.index.compared import Quotes, coded, quotes
from pricecompare.calc.index.headlines import (
    METHOD_ID,
    METHOD_VERSION,
    Contributions,
    HeadlineIndex,
    against,
    contributions,
    headline,
    headline_of,
)
from pricecompare.calc.index.publication import (
    INDICATIVE_DRUGS,
    PUBLISHED_COVERAGE,
    PUBLISHED_DRUGS,
    Standing,
    Thresholds,
    publication,
    standing,
)
from pricecompare.calc.index.references import REFERENCES, Reference, reference_of_rows, reference_prices

__all__ = [
    "INDICATIVE_DRUGS",
    "METHOD_ID",
    "METHOD_VERSION",
    "PUBLISHED_COVERAGE",
    "PUBLISHED_DRUGS",
    "REFERENCES",
    "Contributions",
    "HeadlineIndex",
    "Quotes",
    "Reference",
    "Standing",
    "Thresholds",
    "against",
    "coded",
    "contributions",
    "headline",
    "headline_of",
    "publication",
    "quotes",
    "reference_of_rows",
    "reference_prices",
    "standing",
]
