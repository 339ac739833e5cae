"""The best way to buy a basket by trying every choice of stops in every order: slow, plain, and the rule itself."""

from itertools import combinations, permutations
from math import inf, isinf


def mm(metres):
    return round(metres * 1000)


def way(order, home, apart):
    """Return the millimetres from the point over the stops in that order and back."""
    between = sum(mm(apart[a][b]) for a, b in zip(order, order[1:], strict=False))
    return mm(home[order[0]]) + between + mm(home[order[-1]])


def ranked(stops, fen, numbers, home, apart, fen_per_km):
    """Return how good a choice of stops is: drugs it lacks, cost, stops, way, numbers of pharmacies."""
    lowest = [min((price for price in row if not isinf(price)), default=0) for row in fen]
    paid = [min(row[stop] for stop in stops) for row in fen]
    above = sum(int(price - low) for price, low in zip(paid, lowest, strict=True) if price != inf)
    shortest = min(way(order, home, apart) for order in permutations(stops))
    cost = above * 1_000_000 + fen_per_km * shortest
    return sum(price == inf for price in paid), cost, len(stops), shortest, tuple(sorted(numbers[s] for s in stops))


def best(most, fen, numbers, home, apart, fen_per_km):
    """Return the rank of the best choice of up to `most` stops that sell anything, and the stops; None without any."""
    sells = [at for at in range(len(numbers)) if any(row[at] != inf for row in fen)]
    choices = [stops for count in range(1, most + 1) for stops in combinations(sells, count)]
    return min(((ranked(stops, fen, numbers, home, apart, fen_per_km), stops) for stops in choices), default=None)
