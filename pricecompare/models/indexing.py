"""Published indices: runs, their values, appeals against them."""

from typing import NamedTuple

_PAIRS = ("fisher", "tornqvist", "walsh", "jevons", "laspeyres", "paasche")
METHODS = (
    "headline", "region_volume", *(f"region_{pair}" for pair in _PAIRS[:4]), "cpd_weighted", "cpd", "geary_khamis",
    "geary_khamis_one_step", "idb", "rao_hajargasht", "gerardi",
    *(f"geks_{pair}{weights}" for weights in ("", "_overlap", "_shares") for pair in _PAIRS),
)  # fmt: skip
"""Every method by its id (calc/index/registry.py, which takes half a second to load)."""

REFERENCES = (
    "mean", "median", "mode", "geometric", "mean_others", "median_others", "mode_others", "geometric_others",
)  # fmt: skip
"""Every kind of reference price; each method takes some of them."""

RUN_STATES = ("draft", "confirmed", "dropped")
APPEAL_STATES = ("filed", "accepted", "rejected", "withdrawn")
APPEAL_SUBJECTS = ("price", "quantity", "grouping")
"""What a pharmacy disputes: what it took for a drug, how much it sold, or what the drug is compared with."""

APPEAL_EFFECTS = ("exclude", "correct", "apart")
"""What an accepted appeal does to the next run: the row is left out, has other totals, or is compared by itself."""


class IndexRun(NamedTuple):
    """A run without its inputs: what was computed of which data, and what people decided about it.

    `limits` and `facts` are JSON; `corrects_id` names the run that it takes the place of, `inputs_hash` its inputs.
    """

    id: int
    region_id: int
    period: str
    compare: str
    method_id: str
    method_version: int
    reference: str
    state: str
    corrects_id: int | None
    data_version: int
    made_at: int
    made_by: str
    why: str
    decided_at: int | None
    decided_by: str
    limits: str
    facts: str
    layout: int
    inputs_hash: str
    values_hash: str


class IndexValue(NamedTuple):
    """What a run says of one pharmacy (calc/index_figures.py); ratios, 1 is the region's average, None is not known.

    `gk`, `idb` and `geks` are what other methods say; a run that was made before they were kept has none of them.
    """

    pharmacy_id: int
    value: float | None
    low: float | None
    high: float | None
    se: float | None
    n_items: int
    n_eff: float | None
    coverage: float | None
    single_seller: float | None
    own_reference: float | None
    largest_weight: float | None
    loo: float | None
    region_volume: float | None
    volume: float | None
    took: float | None
    level: float | None
    level_low: float | None
    level_high: float | None
    component: int
    reliability: float | None
    shrunk: float | None
    rank: int
    ranked: int
    turnover: float
    cost: float
    status: str
    why: str
    gk: float | None = None
    idb: float | None = None
    geks: float | None = None


class Appeal(NamedTuple):
    """What a pharmacy disputes about a run, where that stands, and what it does once it is accepted."""

    id: int
    run_id: int
    pharmacy_id: int
    drug_id: int
    period: str
    about: str
    state: str
    effect: str
    quantity: float | None
    amount_fen: int | None
    revision: int
    due_on: str | None
    filed_at: int


class AppealStep(NamedTuple):
    """One step of an appeal."""

    revision: int
    at: int
    action: str
    before: str
    after: str
    role: str
    who: str
    why: str
