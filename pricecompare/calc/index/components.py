"""Groups of outlets that share drugs, directly or through others: prices are compared inside a group, never across."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.sold import Codes

_FEW = 8


def components(quotes: Quotes) -> NDArray[np.intp]:
    """Return the group of each outlet, shape (outlets,): 0 is the one with most outlets, -1 is without a quote.

    Connected components of the graph of outlets and drugs, an edge for each quote.
    """
    label, _ = _labels(quotes.outlet, quotes.drug, quotes.n_outlets, quotes.n_drugs)
    sold = np.zeros(quotes.n_outlets, np.bool_)
    sold[quotes.outlet] = True
    group = np.full(quotes.n_outlets, -1)
    _, first, place, size = np.unique(label[sold], return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(size), np.intp)
    rank[np.lexsort((first, -size))] = np.arange(len(size))
    group[sold] = rank[place]
    return group


def drug_components(quotes: Quotes, group: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the group of each drug, shape (drugs,), given that of the outlets; -1 is a drug without a quote."""
    found = np.full(quotes.n_drugs, -1)
    found[quotes.drug] = group[quotes.outlet]
    return found


def each_component(quotes: Quotes, group: NDArray[np.intp]) -> Iterator[tuple[NDArray[np.intp], Quotes]]:
    """Yield for each group the outlet codes in it and its quotes, with codes that leave none out."""
    drug_group = drug_components(quotes, group)
    if len(group) and group.max(initial=-1) == 0 and group.min() == 0 and drug_group.min(initial=0) == 0:
        yield np.arange(quotes.n_outlets), quotes
        return
    order = np.argsort(group[quotes.outlet], kind="stable")
    ends = np.cumsum(np.bincount(group[quotes.outlet], minlength=1))
    for number, rows in enumerate(np.split(order, ends[:-1]) if len(order) else []):
        yield _compact(quotes, rows, np.flatnonzero(group == number))


def _compact(quotes: Quotes, rows: NDArray[np.intp], outlets: NDArray[np.intp]) -> tuple[NDArray[np.intp], Quotes]:
    """Return the outlets and the quotes of `rows`, codes counted anew."""
    drugs = np.unique(quotes.drug[rows])
    outlet = np.searchsorted(outlets, quotes.outlet[rows])
    drug = np.searchsorted(drugs, quotes.drug[rows])
    turnover = quotes.turnover[outlets]
    return outlets, Quotes(outlet, drug, quotes.value[rows], quotes.quantity[rows], turnover, len(drugs))


def _labels(outlet: Codes, drug: Codes, outlets: int, drugs: int) -> tuple[Codes, Codes]:
    """Return one label per outlet and one per drug, equal where they are connected.

    A few quotes of each outlet usually connect nearly all; only the others are looked at one by one after that.
    """
    run = np.bincount(outlet, minlength=outlets)
    every = np.maximum(run // _FEW, 1)[outlet]
    few = (np.arange(len(outlet)) + outlet) % every == 0
    label = _connected(outlet[few], drug[few] + outlets, outlets + drugs)
    left, right = label[outlet], label[outlets:][drug]
    apart = left != right
    label = _connected(left[apart], right[apart], int(label.max(initial=-1)) + 1)[label]
    return label[:outlets], label[outlets:]


def _connected(one: Codes, other: Codes, nodes: int) -> Codes:
    """Return the connected component of each node, given edges from `one` to `other`."""
    graph = csr_array((np.ones(len(one), np.int8), (one, other)), shape=(nodes, nodes))
    return connected_components(graph, directed=False)[1]
