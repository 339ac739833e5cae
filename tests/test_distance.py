import numpy as np
import pytest
from geopy.distance import geodesic
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pricecompare.calc.distance import exact_metres, far_metres, metres, near, points

LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)
AZIMUTHS = st.floats(0, 360)


def destination(here, azimuth, km):
    end = geodesic(kilometers=km).destination(here, bearing=azimuth)
    return end.latitude, end.longitude


def one(here, there):
    return metres(here, points([there[0]], [there[1]]))[0]


def around(here, reach, count=400):
    """Return points within `reach` degrees of `here`; longitudes run past 180 where they must."""
    rng = np.random.default_rng(7)
    lat = np.clip(here[0] + rng.uniform(-reach, reach, count), -90, 90)
    return points(lat, here[1] + rng.uniform(-reach, reach, count))


@settings(deadline=None)
@given(lat=LATITUDES, lng=LONGITUDES, azimuth=AZIMUTHS, km=st.floats(0, 200))
@example(lat=90.0, lng=0.0, azimuth=180.0, km=200.0)
@example(lat=-90.0, lng=37.0, azimuth=12.0, km=100.0)
@example(lat=89.5, lng=0.0, azimuth=1.0, km=200.0)
@example(lat=0.0, lng=180.0, azimuth=90.0, km=200.0)
@example(lat=45.0, lng=-179.9, azimuth=270.0, km=200.0)
@example(lat=0.0, lng=0.0, azimuth=0.0, km=200.0)
def test_distances_are_geopy_s_within_a_hundredth_of_a_millimetre_up_to_200_km(lat, lng, azimuth, km):
    there = destination((lat, lng), azimuth, km)
    assert one((lat, lng), there) == pytest.approx(geodesic((lat, lng), there).meters, abs=1e-5, rel=0)


@settings(deadline=None)
@given(lat=LATITUDES, lng=LONGITUDES, azimuth=AZIMUTHS)
def test_at_500_km_they_are_still_within_a_millimetre(lat, lng, azimuth):
    there = destination((lat, lng), azimuth, 500)
    assert one((lat, lng), there) == pytest.approx(geodesic((lat, lng), there).meters, abs=1e-3, rel=0)


@pytest.mark.parametrize("here", [(0.0, 0.0), (31.23, 121.47), (90.0, 0.0), (-90.0, 10.0), (12.0, 180.0)])
def test_a_point_is_no_distance_from_itself(here):
    # x, y, z of a single place and of an array may differ in the last bit, about a nanometre.
    assert one(here, here) == pytest.approx(0, abs=1e-8)


def test_the_date_line_and_the_poles_join_what_they_part():
    assert one((10.0, 180.0), (10.0, -180.0)) == pytest.approx(0, abs=1e-8)
    assert one((90.0, 0.0), (90.0, 123.0)) == pytest.approx(0, abs=1e-8)
    assert one((60.0, 179.99), (60.0, -179.99)) == pytest.approx(one((60.0, 0.0), (60.0, 0.02)), abs=1e-6)


@given(lat=LATITUDES, lng=LONGITUDES, azimuth=AZIMUTHS, km=st.floats(0, 200))
@settings(deadline=None)
def test_a_distance_is_the_same_both_ways(lat, lng, azimuth, km):
    there = destination((lat, lng), azimuth, km)
    assert one((lat, lng), there) == pytest.approx(one(there, (lat, lng)), abs=1e-7)


@given(lat=LATITUDES, lng=LONGITUDES, reach=st.floats(0.001, 2), radius_m=st.floats(0, 200_000))
def test_near_is_the_distances_within_the_radius(lat, lng, reach, radius_m):
    there = around((lat, lng), reach)
    far = metres((lat, lng), there)
    expected = np.flatnonzero(far <= radius_m)
    rows, found = near((lat, lng), there, radius_m)
    np.testing.assert_array_equal(rows, expected)
    np.testing.assert_array_equal(found, far[expected])


@pytest.mark.parametrize("reach", [0.0001, 0.01, 1.0], ids=["10 m", "1 km", "100 km"])
def test_a_radius_includes_the_point_that_lies_on_it(reach):
    here = (31.23, 121.47)
    there = around(here, reach)
    far = metres(here, there)
    for row in range(len(there)):
        assert row in near(here, there, far[row])[0]
        assert row not in near(here, there, np.nextafter(far[row], 0))[0]


def test_a_point_without_coordinates_is_near_nothing():
    there = points([31.0, np.nan], [121.0, np.nan])
    assert np.isnan(metres((31.0, 121.0), there)).tolist() == [False, True]
    assert near((31.0, 121.0), there, 1e9)[0].tolist() == [0]


def test_no_points_have_no_distances():
    rows, far = near((31.0, 121.0), points([], []), 1000)
    assert (len(points([], [])), metres((31.0, 121.0), points([], [])).tolist()) == (0, [])
    assert (rows.tolist(), far.tolist()) == ([], [])


def test_chosen_points_keep_their_places():
    there = around((31.23, 121.47), 1)
    rows = np.array([5, 3, 399, 3])
    chosen = there.at(rows)
    np.testing.assert_array_equal(chosen.lat, there.lat[rows])
    np.testing.assert_array_equal(chosen.lng, there.lng[rows])
    np.testing.assert_array_equal(chosen.xyz, there.xyz[rows])
    np.testing.assert_array_equal(metres((31.0, 121.0), chosen), metres((31.0, 121.0), there)[rows])


def test_points_do_not_change_with_the_arrays_they_were_made_of():
    lat = np.array([31.0])
    there = points(lat, [121.0])
    lat[0] = 0.0
    assert (there.lat.tolist(), there.lng.tolist(), there.xyz.shape) == ([31.0], [121.0], (1, 3))


def test_nearest_first_is_geopy_s_order():
    here = (31.2304, 121.4737)
    there = around(here, 0.05, count=200)
    exact = [geodesic(here, place).meters for place in zip(there.lat, there.lng, strict=True)]
    np.testing.assert_array_equal(np.argsort(metres(here, there)), np.argsort(exact))


def test_long_distances_are_geopy_s():
    assert exact_metres((39.9, 116.4), 31.2, 121.5) == geodesic((39.9, 116.4), (31.2, 121.5)).meters


@settings(deadline=None, max_examples=300)
@given(lat=LATITUDES, lng=LONGITUDES, to_lat=LATITUDES, to_lng=LONGITUDES)
@example(lat=90.0, lng=0.0, to_lat=-90.0, to_lng=12.0)
@example(lat=90.0, lng=0.0, to_lat=90.0, to_lng=123.0)
@example(lat=90.0, lng=0.0, to_lat=31.23, to_lng=121.47)
@example(lat=31.23, lng=121.47, to_lat=-90.0, to_lng=0.0)
@example(lat=31.23, lng=121.47, to_lat=31.23, to_lng=121.47)
@example(lat=31.23, lng=179.9, to_lat=40.0, to_lng=-179.9)
@example(lat=10.0, lng=180.0, to_lat=10.0, to_lng=-180.0)
@example(lat=0.0, lng=0.0, to_lat=0.0, to_lng=0.0)
@example(lat=0.0, lng=0.0, to_lat=0.0, to_lng=120.0)
@example(lat=0.0, lng=0.0, to_lat=1e-9, to_lng=120.0)
@example(lat=0.0, lng=0.0, to_lat=0.0, to_lng=180.0)
@example(lat=31.23, lng=121.47, to_lat=-31.23, to_lng=-58.53)
@example(lat=0.0, lng=0.0, to_lat=5.3, to_lng=171.0)
def test_far_distances_are_geopy_s_within_a_tenth_of_a_millimetre(lat, lng, to_lat, to_lng):
    far = far_metres((lat, lng), points([to_lat], [to_lng]))
    assert far == pytest.approx([geodesic((lat, lng), (to_lat, to_lng)).meters], abs=1e-4, rel=0)


@settings(deadline=None)
@given(lat=LATITUDES, lng=LONGITUDES, reach=st.sampled_from([1e-9, 1e-3, 0.3, 1.0, 3.0]))
@example(lat=0.0, lng=0.0, reach=1.0)
@example(lat=90.0, lng=0.0, reach=1e-3)
@example(lat=31.23, lng=121.47, reach=1.0)
def test_almost_opposite_on_the_globe_they_still_are(lat, lng, reach):
    there = around((-lat, lng + 180), reach, count=40)
    exact = [geodesic((lat, lng), place).meters for place in zip(there.lat, there.lng, strict=True)]
    np.testing.assert_allclose(far_metres((lat, lng), there), exact, atol=1e-4, rtol=0)


def test_one_hard_point_among_easy_ones_does_not_move_their_distances():
    here, lat, lng = (31.23, 121.47), [40.0, -31.2, 31.23, np.nan], [116.4, -58.5, 121.47, np.nan]
    alone = [far_metres(here, points([north], [east]))[0] for north, east in zip(lat, lng, strict=True)]
    np.testing.assert_array_equal(far_metres(here, points(lat, lng)), alone)


def test_no_coordinates_and_no_points_are_no_far_distances():
    assert np.isnan(far_metres((31.0, 121.0), points([31.0, np.nan], [121.0, np.nan]))).tolist() == [False, True]
    assert far_metres((31.0, 121.0), points([], [])).tolist() == []
