import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pricecompare.calc.coordinates import checked, from_wgs84, to_wgs84
from pricecompare.errors import Invalid

# WGS-84, GCJ-02 and BD-09 of domain.md, section 8.
PLACES = {
    "Beijing": ((39.908720, 116.397480), (39.910123, 116.403724), (39.916463, 116.410097)),
    "Shanghai": ((31.230416, 121.473701), (31.228474, 121.478224), (31.234327, 121.484782)),
    "Shenyang": ((41.805699, 123.431474), (41.808127, 123.437610), (41.813907, 123.444197)),
    "Changsha": ((28.228209, 112.938814), (28.224701, 112.944264), (28.230806, 112.950757)),
    "Urumqi": ((43.825592, 87.616848), (43.826797, 87.619698), (43.832941, 87.626148)),
    "Sanya": ((18.252847, 109.511909), (18.251142, 109.515993), (18.256924, 109.522541)),
}
ABROAD = {
    "Tokyo": (35.68, 139.77),
    "Sydney": (-33.87, 151.21),
    "New York": (40.71, -74.01),
    "north pole": (90.0, 105.0),
    "south pole": (-90.0, -180.0),
    "north of the box": (55.83, 105.0),
    "south of the box": (0.82, 105.0),
    "west of the box": (35.0, 72.0),
    "east of the box": (35.0, 137.84),
}
CHINESE = pytest.mark.parametrize("datum", ["gcj02", "bd09"])


@pytest.mark.parametrize(("wgs84", "gcj02", "bd09"), PLACES.values(), ids=PLACES)
def test_known_places_are_moved_as_known(wgs84, gcj02, bd09):
    assert from_wgs84(*wgs84, "wgs84") == wgs84
    assert from_wgs84(*wgs84, "gcj02") == pytest.approx(gcj02, abs=1e-6)
    assert from_wgs84(*wgs84, "bd09") == pytest.approx(bd09, abs=1e-6)
    assert to_wgs84(*wgs84, "wgs84") == wgs84
    assert to_wgs84(*gcj02, "gcj02") == pytest.approx(wgs84, abs=1e-6)
    assert to_wgs84(*bd09, "bd09") == pytest.approx(wgs84, abs=1e-6)


@CHINESE
@given(lat=st.floats(0.85, 55.8), lng=st.floats(72.03, 137.81))
@example(lat=35.0, lng=105.0)
@example(lat=35.0, lng=105.0000000001)
@example(lat=55.8, lng=104.99999999999)
def test_there_and_back_is_the_same_place(datum, lat, lng):
    assert to_wgs84(*from_wgs84(lat, lng, datum), datum) == pytest.approx((lat, lng), abs=1e-10, rel=0)
    assert from_wgs84(*to_wgs84(lat, lng, datum), datum) == pytest.approx((lat, lng), abs=1e-10, rel=0)


@CHINESE
@pytest.mark.parametrize("place", ABROAD.values(), ids=ABROAD)
def test_outside_china_nothing_moves(datum, place):
    assert from_wgs84(*place, datum) == place
    assert to_wgs84(*place, datum) == place


@CHINESE
@pytest.mark.parametrize("move", [from_wgs84, to_wgs84])
def test_arrays_are_moved_as_their_points_are(datum, move):
    places = [wgs84 for wgs84, _, _ in PLACES.values()] + list(ABROAD.values()) + [(float("nan"), float("nan"))]
    lat, lng = np.array(places).T.reshape(2, 4, 4)
    given_lat, given_lng = lat.copy(), lng.copy()
    moved = np.array(move(lat, lng, datum))
    one_by_one = np.array([move(*place, datum) for place in places]).T.reshape(2, 4, 4)
    np.testing.assert_allclose(moved, one_by_one, rtol=0, atol=1e-12)
    np.testing.assert_array_equal([lat, lng], [given_lat, given_lng])


@CHINESE
def test_no_points_stay_no_points(datum):
    assert [part.shape for part in to_wgs84(np.zeros(0), np.zeros(0), datum)] == [(0,), (0,)]


@pytest.mark.parametrize("move", [from_wgs84, to_wgs84])
@pytest.mark.parametrize("datum", ["", "WGS84", "cgcs2000"])
def test_an_unknown_datum_is_refused(move, datum):
    with pytest.raises(Invalid, match="wgs84, gcj02, bd09") as error:
        move(31.0, 121.0, datum)
    assert error.value.code == "unknown_datum"


@pytest.mark.parametrize("place", [(0, 0), (90, 180), (-90, -180), (22.5, 114.1)])
def test_a_place_on_earth_is_taken(place):
    assert checked(*place) == place


@pytest.mark.parametrize(
    ("place", "code", "field"),
    [
        ((90.0001, 0), "bad_latitude", "lat"),
        ((-90.0001, 0), "bad_latitude", "lat"),
        ((float("nan"), 0), "bad_latitude", "lat"),
        ((114.1, 22.5), "bad_latitude", "lat"),
        ((float("inf"), float("nan")), "bad_latitude", "lat"),
        ((0, 180.0001), "bad_longitude", "lng"),
        ((0, -180.0001), "bad_longitude", "lng"),
        ((0, float("nan")), "bad_longitude", "lng"),
        ((0, float("-inf")), "bad_longitude", "lng"),
    ],
)
def test_a_place_off_the_earth_is_refused_by_field(place, code, field):
    with pytest.raises(Invalid) as error:
        checked(*place)
    assert (error.value.code, error.value.field) == (code, field)
