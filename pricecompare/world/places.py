"""The regions and pharmacies of an invented province: a city and its neighbours, each with its towns."""

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from stdnum.cn import uscc

from pricecompare.calc.coordinates import from_wgs84
from pricecompare.models import Pharmacy, Region
from pricecompare.world.words import MAIN_DISTRICTS, NEIGHBOUR_DISTRICTS, PROVINCE, brand_word, city_name, street

PROVINCE_ID = 990000
MAX_CITIES = 98

_CENTRE = (28.2, 112.95)  # WGS-84
_KM = 111.2  # kilometres in a degree of latitude
_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
_BIG = 1000  # pharmacies: from here on the main city holds nearly all of them
_WIDE = 20_000  # from here on it is one of many: a province
_DATUMS, _DATUM_BOUNDS = ("gcj02", "bd09", "wgs84"), (0.9, 0.95)
_SINGLE_SHARE = 0.45


class Town(NamedTuple):
    """The pharmacies of one district: their share of the city's, and where they lie around its centre, in km."""

    share: float
    east: float
    north: float
    spread: float


_MAIN_TOWNS = (Town(0.38, 0, 0, 1.6), Town(0.3, 3, 2, 2.2), Town(0.18, -4, 5, 3.5), Town(0.14, 6, -6, 4.5))
_NEIGHBOUR_TOWNS = (Town(0.65, 0, 0, 1.5), Town(0.35, 5, -4, 3))


class Seat(NamedTuple):
    """Where one pharmacy is registered: number of its city, number of its district there, serial in the district."""

    city: int
    district: int
    serial: int

    @property
    def region_id(self) -> int:
        """The pooling region's code as a number."""
        return _city_id(self.city)

    @property
    def district_id(self) -> int:
        """The district's code as a number."""
        return _district_id(self.city, self.district)


def regions(cities: int) -> tuple[Region, ...]:
    """Return the province, its `cities` (the pooling regions) and their districts."""
    return Region(PROVINCE_ID, PROVINCE, None, "province", False), *_cities(cities)


def chain_names(pharmacies: int) -> tuple[str, ...]:
    """Return the chains of a world of this size, the largest first."""
    return tuple(f"{brand_word(7 * number + 3)}大药房" for number in range(6 + pharmacies // 500))


def pharmacies(seed: int, number: int, cities: int) -> tuple[Pharmacy, ...]:
    """Return the pharmacies of all cities, in the order of their codes."""
    rng = np.random.default_rng([seed, 1])
    chains = chain_names(number)
    in_chain: Counter[str] = Counter()
    return tuple(_pharmacy(rng, place, seat, chains, in_chain) for place, seat in enumerate(_seats(number, cities), 1))


def _city_id(city: int) -> int:
    return PROVINCE_ID + 100 * (city + 1)


def _district_id(city: int, district: int) -> int:
    return _city_id(city) + 2 + district  # 01 stands for the city's own districts together


def _districts(city: int) -> tuple[str, ...]:
    return NEIGHBOUR_DISTRICTS if city else MAIN_DISTRICTS


def _towns(city: int) -> tuple[Town, ...]:
    return _NEIGHBOUR_TOWNS if city else _MAIN_TOWNS


def _cities(cities: int) -> Iterator[Region]:
    for city in range(cities):
        yield Region(_city_id(city), city_name(city), PROVINCE_ID, "city", True)
        for district, name in enumerate(_districts(city)):
            yield Region(_district_id(city, district), name, _city_id(city), "county", False)


def _seats(number: int, cities: int) -> Iterator[Seat]:
    for city, in_city in enumerate(_shares(number, cities)):
        bounds = np.cumsum([0.0] + [town.share for town in _towns(city)]) * in_city
        for district, in_district in enumerate(np.diff(np.floor(bounds + 1e-9).astype(int))):
            yield from (Seat(city, district, serial) for serial in range(1, in_district + 1))


def _shares(number: int, cities: int) -> list[int]:
    """Return how many pharmacies each city has: the first most of them, the others equally many."""
    main = 1.0 if cities == 1 else 0.1 if number >= _WIDE else 0.85 if number >= _BIG else 0.6
    bounds = [0, *(int(number * (main + (1 - main) * k / max(cities - 1, 1)) + 1e-9) for k in range(cities))]
    return [after - before for before, after in zip(bounds, bounds[1:], strict=False)]


def _pharmacy(
    rng: np.random.Generator, number: int, seat: Seat, chains: tuple[str, ...], in_chain: Counter[str]
) -> Pharmacy:
    chain = _chain(rng, chains)
    in_chain[chain] += 1
    return Pharmacy(
        id=number,
        code=f"P{seat.district_id}{seat.serial:05d}",
        region_id=seat.region_id,
        district_id=seat.district_id,
        name=_name(seat, chain, number, in_chain[chain]),
        address=_address(seat, number, int(rng.random() * 300)),
        phone=f"0000-{80000000 + number}",
        chain=chain,
        uscc=_uscc(seat, number),
        **_whereabouts(rng, seat),
    )


def _chain(rng: np.random.Generator, chains: tuple[str, ...]) -> str:
    """Return a chain, a large one more often, or "" for a pharmacy of its own."""
    single, which = rng.random(2)
    return "" if single < _SINGLE_SHARE else chains[int(len(chains) * which**1.7)]


def _whereabouts(rng: np.random.Generator, seat: Seat) -> dict[str, Any]:
    """Return a position in WGS-84, and the same in the datum in which it was given."""
    lat, lng = _position(rng, seat)
    datum = _DATUMS[int(np.searchsorted(_DATUM_BOUNDS, rng.random(), side="right"))]
    given_lat, given_lng = from_wgs84(lat, lng, datum)
    given = {"given_lat": round(given_lat, 6), "given_lng": round(given_lng, 6)}
    return {"lat": lat, "lng": lng, "datum": datum} | given


def _position(rng: np.random.Generator, seat: Seat) -> tuple[float, float]:
    """Return WGS-84 latitude and longitude: three in four pharmacies in the town's core, the others around it."""
    town = _towns(seat.city)[seat.district]
    spread = town.spread * (1 if rng.random() < 0.75 else 2.5)
    east, north = _city_centre(seat.city)
    east, north = (east + town.east, north + town.north) + spread * rng.standard_normal(2)
    lat = _CENTRE[0] + north / _KM
    return round(lat, 6), round(_CENTRE[1] + east / (_KM * math.cos(math.radians(_CENTRE[0]))), 6)


def _city_centre(city: int) -> tuple[float, float]:
    """Return km east and north of the main city: the others lie on a spiral, each next to some that came before."""
    distance = 23 * math.sqrt((city + 1) / 2) if city else 0.0
    return distance * math.cos(_GOLDEN_ANGLE * city), distance * math.sin(_GOLDEN_ANGLE * city)


def _name(seat: Seat, chain: str, number: int, branch: int) -> str:
    if chain:
        return f"{city_name(seat.city)}{chain}{street(number)}第{branch}分店"
    return f"{_districts(seat.city)[seat.district]}{brand_word(11 * number % 2304)}药房"


def _address(seat: Seat, number: int, door: int) -> str:
    district = _districts(seat.city)[seat.district]
    return f"{PROVINCE}{city_name(seat.city)}{district}{street(number)}{door + 1}号"


def _uscc(seat: Seat, number: int) -> str:
    """Return a code of the right shape; no registrar has the region 99…."""
    code = f"92{seat.district_id}MA{number:07d}"
    return code + uscc.calc_check_digit(code)
