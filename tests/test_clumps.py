"""Whether anybody is near a place, by balls around clumps of points, against asking every point."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.clumps import Balls, clumps
from pricecompare.calc.distance import ecef, metres
from pricecompare.services.answers.basis import of_place
from pricecompare.services.grounds.atlas import Ground
from pricecompare.services.grounds.places import where
from tests.made import Ask, Shop, filled, pharmacy

METRES = st.floats(-1e5, 1e5)
PLACES = st.lists(st.tuples(METRES, METRES, METRES), max_size=40)


@given(places=PLACES, edge=st.sampled_from([10.0, 4000.0, 1e6]))
def test_every_point_is_in_a_ball_and_no_ball_is_wider_than_its_cube(places, edge):
    xyz = np.array(places, np.float64).reshape(-1, 3)
    balls = clumps(xyz, edge)
    assert len(balls) <= len(places)
    for place in places:
        assert any(math.dist(place, ball[:3]) <= ball[3] + 1e-9 * edge for ball in balls.tolist())
    assert (balls[:, 3] <= math.sqrt(3) * edge).all()


def test_points_without_coordinates_are_in_no_ball():
    xyz = np.array([[np.nan] * 3, [1.0, 2.0, 3.0]])
    assert clumps(xyz, 10.0).tolist() == [[1.0, 2.0, 3.0, 0.0]]
    assert clumps(xyz[:1], 10.0).shape == (0, 4)
    nobody = Balls(clumps(xyz[:1], 10.0))
    assert not nobody.any_reached((0.0, 0.0, 0.0), 1e9)
    assert nobody.reached((0.0, 0.0, 0.0), 1e9).tolist() == []


ON_EARTH = st.tuples(st.floats(-90, 90), st.floats(-180, 180)).map(ecef)


@given(place=ON_EARTH, step=st.tuples(*[st.floats(-5e4, 5e4)] * 3), reach=st.floats(0, 5e4), most=st.floats(0, 5e4))
def test_balls_are_asked_as_if_one_by_one_but_for_a_tenth_of_a_square_metre(place, step, reach, most):
    here = tuple(map(sum, zip(place, step, strict=True)))
    ball = Balls(np.array([[*place, reach]]))
    over = math.dist(place, here) ** 2 - (reach + most) ** 2
    assert ball.any_reached(here, most) == ball.reached(here, most)[0]
    assert ball.any_reached(here, most) or over > -0.1
    assert not ball.any_reached(here, most) or over < 0.1


NORTH, EAST = st.floats(22.0, 22.6), st.floats(113.0, 113.6)


@given(
    shops=st.lists(st.tuples(NORTH, EAST) | st.just((None, None)), max_size=12),
    here=st.tuples(NORTH, EAST),
    radius=st.floats(100, 50_000),
)
def test_a_ground_that_comes_near_is_one_where_somebody_may_be(shops, here, radius):
    ground = Ground(1, 1, [pharmacy(Shop(number, 440305, *at)) for number, at in enumerate(shops, 1)])
    far = [far for far in metres(here, ground.points).tolist() if not math.isnan(far)]
    near = ground.comes_within(radius, ecef(here))
    assert near or min(far, default=math.inf) > radius
    assert not near or min(far) <= radius + 2 * math.sqrt(3) * 4001


def test_regions_whose_balls_overlap_are_asked_only_where_somebody_is_but_all_are_rested_on(store):
    around = [(22.0, 113.0), (22.4, 113.4)]
    across = [(22.0, 113.4), (22.4, 113.0)]
    shops = [Shop(number, 440305, *at) for number, at in enumerate(around, 1)]
    shops += [Shop(number, 440402, *at) for number, at in enumerate(across, 3)]
    desk = filled(store, shops, [Ask(shop.id, 900) for shop in shops])
    with desk.store.reading():
        versions = desk.store.versions()
        at = where(desk, version=versions.places, lat=22.0, lng=113.0, coord_type="wgs84", radius_km=5)
        assert [ground.region_id for ground in at.grounds] == [440300]
        assert at.regions == [440300, 440400]
        regions = next(part for part in of_place(desk, versions, at.regions, []).parts if isinstance(part, tuple))
        assert [region for region, *_ in regions] == [440300, 440400]
