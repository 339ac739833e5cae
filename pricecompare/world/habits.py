"""When invented pharmacies are open and what they offer: chains alike, the others each as it likes."""

from dataclasses import replace

import numpy as np

from pricecompare.models import SERVICES, Pharmacy

_STREAM = 9
_CHAIN_HOURS = ("08:00-22:00", "08:30-21:30", "07:30-22:00", "08:00-21:00", "24/7")
_OWN_HOURS = (
    "Mo-Fr 08:30-21:00; Sa,Su 09:00-20:00",
    "Mo-Sa 08:00-20:30; Su 09:00-18:00; PH 09:00-17:00",
    "Mo-Fr 08:00-12:00,14:00-18:00; Sa 09:00-12:00; PH off",
    "08:00-21:00; Dec 31 08:00-18:00",
    "20:00-02:00",
    "",
)
_OWN_SHARES = (0.45, 0.2, 0.12, 0.1, 0.01, 0.12)
_HAS = (0.25, 0.55, 0.8)
"""How many pharmacies have each service but the first, which follows from the hours."""


def with_habits(pharmacies: tuple[Pharmacy, ...], seed: int) -> tuple[Pharmacy, ...]:
    """Return the pharmacies with hours and services, drawn apart from all else that is invented."""
    rng = np.random.default_rng([seed, _STREAM])
    chains = sorted({one.chain for one in pharmacies if one.chain})
    usual = dict(zip(chains, rng.integers(0, 4, len(chains)).tolist(), strict=True))
    return tuple(_with_habits(rng, pharmacy, usual) for pharmacy in pharmacies)


def _with_habits(rng: np.random.Generator, pharmacy: Pharmacy, usual: dict[str, int]) -> Pharmacy:
    if pharmacy.chain:
        hours = _CHAIN_HOURS[-1 if rng.random() < 0.08 else usual[pharmacy.chain]]
    else:
        hours = _OWN_HOURS[int(rng.choice(len(_OWN_HOURS), p=_OWN_SHARES))]
    has = (hours == _CHAIN_HOURS[-1], *(rng.random(len(_HAS)) < _HAS).tolist())
    services = ",".join(name for name, there in zip(SERVICES, has, strict=True) if there)
    return replace(pharmacy, hours=hours, services=services)
