"""What insurance pays at most, as answers tell it."""

from pricecompare.models import BASES
from pricecompare.schemas import shown
from pricecompare.schemas.shown import Answer, many, one, text, truth, whole, yuan


class Standard(Answer):
    """A public payment standard (医保支付标准); of a confidential one nothing is told, as if there were none."""

    price = yuan("What insurance pays at most for a pack.", "12.50")
    fen = whole("The same, in fen.", 1250)
    basis = text("What it rests on: vbp (集采中选), negotiated (国家谈判), bid (竞价) or other.", one_of=BASES)
    region = one(shown.PlaceName, null=True)
    since = text("Its first day.", "2026-01-01")
    until = text("Its last day; null while no end is known.", "2027-12-31", null=True)


class PaidDrug(shown.Drug):
    """A drug and what insurance pays for it at most."""

    vbp = truth("Whether a standard that holds today is the price of a winner of volume-based procurement (集采中选).")
    standards = many(Standard, "The standards that hold today, by region; that of the whole country (null) first.")
