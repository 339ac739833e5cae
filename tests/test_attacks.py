"""Hostile requests to every route: none brings an error of the server, betrays it, or leaves the data unsound."""

import os
from collections import Counter

from tests.attacks import attacked

EACH = int(os.environ.get("ATTACKS_EACH", "50"))
"""Requests for each route; `make soak` sends ten thousand."""

SEED = int(os.environ.get("ATTACKS_SEED", "1"))


def test_no_request_gets_through(tmp_path):
    ends = Counter(attacked(tmp_path, SEED, EACH))
    statuses = Counter()
    for end, times in ends.items():
        statuses[int(end.rpartition(" ")[2])] += times
    assert statuses[200] and statuses[404] and statuses[422] and max(statuses) < 500
