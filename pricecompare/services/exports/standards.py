"""What insurance pays at most, confidential or not: the columns of files that only regulators get."""

from collections.abc import Callable
from typing import Any

from pricecompare.calc.standards import excess, in_force
from pricecompare.models import Standard
from pricecompare.models.listing import Column
from pricecompare.services.exports.listing import Scope

STANDARD = (
    Column("standard", "医保支付标准（元）", "Payment standard (yuan)", "money", noted=True),
    Column("standard_basis", "支付标准依据", "Basis of the standard", "code", noted=True),
    Column("standard_confidential", "支付标准保密", "Standard is confidential", "truth", noted=True),
    Column("beyond_standard", "超支付标准（元）", "Above the standard (yuan)", "money", noted=True),
)


def paying(scope: Scope) -> Callable[[int, int], tuple[Any, ...]]:
    """Return what says of a drug and a price in fen what STANDARD has columns for; ask inside `reading`."""
    places, today = scope.atlas.upwards(scope.region_id), scope.desk.today().isoformat()
    known: dict[int, list[Standard]] = {}
    for one in scope.desk.store.standards():
        if one.region_id in places:
            known.setdefault(one.drug_id, []).append(one)
    holding = {drug: found for drug, these in known.items() if (found := in_force(these, places, today)) is not None}

    def told(drug_id: int, fen: int) -> tuple[Any, ...]:
        this = holding.get(drug_id)
        if this is None:
            return (None,) * len(STANDARD)
        return this.fen, this.basis, this.confidential, None if this.fen is None else excess(fen, this.fen)

    return told
