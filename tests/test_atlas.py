"""Which pooling regions a circle touches: few asked one by one or many at once, the same ones."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.clumps import Balls
from pricecompare.models import Extent
from pricecompare.services.grounds.atlas import FEW, Atlas

METRES = st.floats(-1e4, 1e4)
BALLS = st.lists(st.tuples(METRES, METRES, METRES, st.floats(0, 5e3)), max_size=3 * FEW)


@given(balls=BALLS, here=st.tuples(METRES, METRES, METRES), radius=st.floats(0.1, 2e4))
def test_a_circle_touches_every_region_that_it_could_have_an_answer_in(balls, here, radius):
    extents = {number: Extent(number, 1, *ball) for number, ball in enumerate(balls)}
    atlas = Atlas({}, extents, Balls(np.array(balls, np.float64).reshape(-1, 4)))
    apart = [math.dist(ball[:3], here) - ball[3] - radius for ball in balls]
    found = atlas.touching(here, radius)
    assert found == sorted(found)
    # Within the metre that covers rounding either is right.
    assert {at for at, far in enumerate(apart) if far <= 0.999} <= set(found)
    assert set(found) <= {at for at, far in enumerate(apart) if far <= 1.001}
