"""Access: a line and a grid countable by eye, ten-line brute force, and the package `access`."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from diagnostic import access
from diagnostic.model import DiagnosticError

short = settings(max_examples=40, deadline=None)

KM = 180 / np.pi / access.EARTH_KM
"""Degrees of latitude (or of longitude on the equator) in a kilometre."""

PARIS, BORDEAUX, AJACCIO, SAINT_DENIS = (
    (2.3522, 48.8566),
    (-0.5792, 44.8378),
    (8.7369, 41.9192),
    (55.4504, -20.8789),
)


def line(*km):
    """Communes on the equator, so many kilometres from the first."""
    return np.array(km, dtype=float) * KM, np.zeros(len(km))


def brute(places, children, lon, lat, bands):
    """E2SFCA as its formula reads, one commune after the other."""
    n = len(lon)

    def weight(i, j):
        km = float(access.haversine(lon[i], lat[i], lon[j], lat[j]))
        return next((w for limit, w in bands if km <= limit), 0.0)

    demand = [sum(children[i] * weight(i, j) for i in range(n)) for j in range(n)]
    served = [places[j] / demand[j] if demand[j] else 0.0 for j in range(n)]
    return [sum(served[j] * weight(i, j) for j in range(n)) for i in range(n)]


def test_paris_is_499_km_from_bordeaux():
    assert access.haversine(*PARIS, *BORDEAUX) == pytest.approx(499, abs=1)


@pytest.mark.parametrize("other", [BORDEAUX, AJACCIO, SAINT_DENIS])
def test_distances_are_those_of_the_ellipsoid_to_half_a_percent(other):
    pyproj = pytest.importorskip("pyproj")
    metres = pyproj.Geod(ellps="WGS84").inv(*PARIS, *other)[2]
    assert access.haversine(*PARIS, *other) == pytest.approx(metres / 1000, rel=0.005)


def test_distances_hold_overseas_and_across_the_antimeridian():
    assert access.haversine(*SAINT_DENIS, SAINT_DENIS[0], SAINT_DENIS[1] + 10 * KM) == pytest.approx(10)
    assert access.haversine(-179.99, -14.0, 179.99, -14.0) == pytest.approx(
        0.02 / KM * np.cos(np.radians(14)), rel=1e-3
    )
    found = access.pairs([-179.99, 179.99], [-14.0, -14.0], 5)
    assert len(found.i) == 4


def test_pairs_go_both_ways_hold_each_commune_once_and_stop_at_the_radius():
    found = access.pairs(*line(0, 5, 15, 40), radius_km=10)
    assert list(zip(found.i, found.j, strict=True)) == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
        (1, 2),
        (2, 1),
        (2, 2),
        (3, 3),
    ]
    assert list(found.km.round(9)) == [0, 5, 5, 0, 10, 10, 0, 0]
    assert list(found.start) == [0, 2, 5, 7, 8]


def test_a_commune_without_coordinates_is_near_nothing():
    found = access.pairs([0.0, None], [0.0, 0.0], 10)
    assert list(zip(found.i, found.j, strict=True)) == [(0, 0)]
    assert access.pairs([], [], 10).communes == 0


def test_ten_places_for_fifty_children_here_and_fifty_next_door_are_a_tenth_each():
    links = access.pairs(*line(0, 4))
    found = access.e2sfca([10, 0], [50, 50], links)
    assert list(found.value) == pytest.approx([10 / 100, 10 / 100])


def test_a_commune_farther_away_counts_for_less():
    links = access.pairs(*line(0, 8))
    found = access.e2sfca([10, 0], [50, 50], links)
    served = 10 / (50 * 1 + 50 * 0.68)
    assert list(found.value) == pytest.approx([served, served * 0.68])


def test_an_island_out_of_reach_has_its_own_places_only():
    links = access.pairs(*line(0, 4, 200))
    found = access.e2sfca([10, 0, 3], [50, 50, 20], links)
    assert found.value[2] == 3 / 20
    assert access.e2sfca([10, 0, 0], [50, 50, 20], links).value[2] == 0


def test_a_single_commune_has_the_raw_rate():
    assert access.e2sfca([30], [60], access.pairs([2.35], [48.85])).value[0] == 30 / 60


def test_a_commune_without_children_has_what_a_child_would_find_there():
    links = access.pairs(*line(0, 4))
    found = access.e2sfca([10, 0], [50, 0], links)
    assert list(found.value) == [10 / 50, 10 / 50]


def test_places_that_no_child_reaches_serve_nobody():
    links = access.pairs(*line(0, 100))
    found = access.e2sfca([10, 5], [50, 0], links)
    assert list(found.value) == [10 / 50, 0]
    assert not np.isinf(found.per_child).any()


def test_an_unknown_number_of_places_leaves_its_neighbours_unknown_with_a_floor():
    links = access.pairs(*line(0, 4, 100))
    found = access.e2sfca([10, None, 6], [50, 50, 20], links)
    assert np.isnan(found.value[:2]).all()
    assert list(found.floor) == pytest.approx([10 / 100, 10 / 100, 6 / 20])
    assert list(found.covered) == [1 / 2, 1 / 2, 1]
    assert found.value[2] == 6 / 20


def test_an_unknown_number_of_children_leaves_unknown_the_communes_that_share_places_with_them():
    links = access.pairs(*line(0, 8, 16, 100))
    found = access.e2sfca([10, 0, 4, 6], [None, 50, 50, 20], links)
    assert np.isnan(found.value[0]) and np.isnan(found.value[1])
    assert found.value[2] == pytest.approx(4 / (50 * 1 + 50 * 0.68))
    assert found.value[3] == 6 / 20


def test_a_commune_without_coordinates_has_an_unknown_accessibility():
    found = access.e2sfca([10, 5], [50, 50], access.pairs([0, None], [0, 0]))
    assert found.value[0] == 10 / 50
    assert np.isnan(found.value[1])


def test_narrower_bands_than_the_pairs_ignore_what_lies_beyond():
    wide = access.pairs(*line(0, 4, 12))
    found = access.e2sfca([10, 0, None], [50, 50, 50], wide, bands=((5, 1.0),))
    assert list(found.value[:2]) == [10 / 100, 10 / 100]


def test_bands_wider_than_the_pairs_or_badly_formed_are_refused():
    links = access.pairs(*line(0, 4), radius_km=5)
    with pytest.raises(DiagnosticError, match="5 km"):
        access.e2sfca([1, 1], [1, 1], links)
    for bands in ((), ((5, 1.0), (3, 0.5)), ((5, 0.5), (10, 1.0)), ((5, 0.0),)):
        with pytest.raises(DiagnosticError, match="couronnes"):
            access.e2sfca([1, 1], [1, 1], links, bands)


def _grid(side=9, step_km=3.0, seed=1):
    random = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    lon, lat = -0.5 + x.ravel() * step_km * KM * 1.4, 44.8 + y.ravel() * step_km * KM
    children = random.integers(0, 90, side**2).astype(float)
    places = np.where(random.random(side**2) < 0.4, random.integers(5, 60, side**2), 0).astype(float)
    return lon, lat, children, places


def test_accessibility_on_a_grid_is_that_of_the_formula_read_word_for_word():
    lon, lat, children, places = _grid()
    found = access.e2sfca(places, children, access.pairs(lon, lat))
    assert found.value == pytest.approx(brute(places, children, lon, lat, access.DEFAULT_BANDS), abs=1e-12)


def test_accessibility_is_that_of_the_package_access():
    package = pytest.importorskip("access")
    lon, lat, children, places = _grid(side=14)
    links = access.pairs(lon, lat)
    frame = pd.DataFrame({"geoid": np.arange(len(lon)), "children": children, "eaje": places})
    reference = package.Access(
        demand_df=frame,
        demand_index="geoid",
        demand_value="children",
        supply_df=frame,
        supply_index="geoid",
        supply_value="eaje",
        cost_df=pd.DataFrame({"from": links.i, "to": links.j, "km": links.km}),
        cost_origin="from",
        cost_dest="to",
        cost_name="km",
    ).enhanced_two_stage_fca(
        name="e", max_cost=15, weight_fn=package.weights.step_fn(dict(access.DEFAULT_BANDS))
    )
    found = access.e2sfca(places, children, links).value
    assert found == pytest.approx(reference["e_eaje"].to_numpy(), abs=1e-9)


@short
@given(data=st.data(), size=st.integers(1, 25))
def test_places_are_conserved_in_any_order(data, size):
    spots = st.lists(st.floats(0, 60), min_size=size, max_size=size)
    numbers = st.lists(st.integers(0, 300), min_size=size, max_size=size)
    lon, lat = np.array(data.draw(spots)) * KM, 46 + np.array(data.draw(spots)) * KM
    children, places = np.array(data.draw(numbers), float), np.array(data.draw(numbers), float)
    links = access.pairs(lon, lat)
    found = access.e2sfca(places, children, links)
    reached = np.bincount(links.i, weights=children[links.j], minlength=size) > 0
    assert (found.value * children).sum() == pytest.approx(places[reached].sum())
    assert not np.isinf(found.value).any()
    order = np.array(data.draw(st.permutations(range(size))))
    again = access.e2sfca(places[order], children[order], access.pairs(lon[order], lat[order]))
    assert again.value == pytest.approx(found.value[order])


def test_the_nearest_facility_is_named_with_its_distance():
    lon, lat = line(0, 7, 20)
    km, index = access.nearest(lon, lat, *line(8, 30))
    assert list(km.round(9)) == [8, 1, 10]
    assert list(index) == [0, 0, 1]


def test_without_any_facility_or_coordinates_the_distance_is_unknown():
    km, index = access.nearest([0, 1], [0, 0], [], [])
    assert np.isnan(km).all() and list(index) == [-1, -1]
    km, index = access.nearest([0, None], [0, 0], [None, 0.0], [0.0, 0.0])
    assert km[0] == 0 and np.isnan(km[1]) and list(index) == [1, -1]


def test_children_within_five_km_of_an_alsh_are_countable_by_eye():
    lon, lat = line(0, 4, 6, 50)
    reached = access.nearest(lon, lat, *line(0))[0] <= 5
    assert list(reached) == [True, True, False, False]
    found = access.children_within([10, 20, 30, 40], reached)
    assert (found.within, found.without, found.unknown) == (10 + 20, 30 + 40, 0)
    assert found.share == 30 / 100
    assert found.covered == 1


def test_children_of_a_commune_without_coordinates_are_neither_with_nor_without_access():
    lon = np.array([0.0, np.nan, np.nan])
    reached = np.array([True, False, True])
    found = access.children_within([10, 20, 30], reached, located=~np.isnan(lon))
    assert (found.within, found.without, found.unknown, found.communes_unknown) == (10 + 30, 0, 20, 1)
    assert found.covered == 40 / 60


def test_no_children_have_no_share_and_an_unknown_number_is_said():
    assert access.children_within([], []).share is None
    assert access.children_within([0.0], [True]).share is None
    found = access.children_within([None, 10], [True, True])
    assert (found.within, found.communes_unknown) == (10, 1)


def test_a_commune_without_places_depends_wholly_on_its_neighbours():
    lon, lat = line(0, 4, 100)
    children, links = [50, 50, 20], access.pairs(lon, lat)
    found = access.dependence(access.e2sfca([10, 0, 6], children, links), children, links, [0, 1, 2])
    communes = pd.DataFrame(found.communes._asdict()).set_index("commune")
    assert list(communes["own_share"]) == [1, 0, 1]
    assert list(communes["main_supplier"]) == [0, 0, 2]
    assert communes["kept_share"][0] == 50 / 100
    assert np.isnan(communes["kept_share"][1])
    assert communes["kept_share"][2] == 1


def test_the_places_of_a_commune_that_serve_others_are_followed_out_of_the_set():
    lon, lat = line(0, 4)
    children, links = [50, 150], access.pairs(lon, lat)
    found = access.dependence(access.e2sfca([10, 0], children, links), children, links, [0])
    flows = pd.DataFrame(found.flows._asdict()).set_index(["commune", "supplier"])["places"]
    assert flows[(1, 0)] == pytest.approx(10 * 150 / 200)
    assert flows[(0, 0)] == pytest.approx(10 * 50 / 200)


def test_all_flows_add_up_to_the_accessibility_and_to_the_places():
    lon, lat, children, places = _grid()
    links = access.pairs(lon, lat)
    found = access.e2sfca(places, children, links)
    flows = pd.DataFrame(access.dependence(found, children, links, range(len(lon))).flows._asdict())
    sums = flows.groupby("commune")[["access", "access_share"]].sum()
    assert sums["access"].to_numpy() == pytest.approx(found.value)
    assert sums["access_share"].to_numpy() == pytest.approx(1)
    supplied = flows.groupby("supplier")[["places", "places_share"]].sum()
    assert supplied["places"].to_numpy() == pytest.approx(places[places > 0])
    assert supplied["places_share"].to_numpy() == pytest.approx(1)


def test_nobody_supplies_a_commune_out_of_reach_of_any_place():
    links = access.pairs(*line(0, 100))
    found = access.dependence(access.e2sfca([0, 5], [10, 10], links), [10, 10], links, [0])
    row = found.communes
    assert list(row.main_supplier) == [-1]
    assert np.isnan(row.own_share).all() and np.isnan(row.main_share).all()
    assert not len(found.flows.commune)


def _square(lon, lat, side_km):
    half_lon, half_lat = side_km / 2 * KM / np.cos(np.radians(lat)), side_km / 2 * KM
    return box(lon - half_lon, lat - half_lat, lon + half_lon, lat + half_lat)


@pytest.mark.parametrize("centre", [PARIS, AJACCIO, SAINT_DENIS])
def test_a_facility_is_inside_near_or_far_from_a_quartier(centre):
    lon, lat = centre
    east = lon + np.array([0.0, 0.9, 1.4, 1.6]) * KM / np.cos(np.radians(lat))
    found = access.distance_to_shapes(east, [lat] * 4, [_square(lon, lat, 2)], within_metres=500)
    assert list(found.point) == [0, 1, 2]
    assert list(found.metres) == pytest.approx([0, 0, 400], abs=2)


def test_a_facility_near_two_quartiers_is_a_pair_with_each():
    lon, lat = BORDEAUX
    shapes = [_square(lon, lat, 1), None, _square(lon + 0.015, lat, 1)]
    found = access.distance_to_shapes([lon + 0.0075, np.nan], [lat, lat], shapes)
    assert list(zip(found.point, found.shape, strict=True)) == [(0, 0), (0, 2)]


def test_no_quartier_or_no_facility_makes_no_pair():
    nowhere = (([2.0], [48.0], []), ([], [], [_square(2, 48, 1)]), ([None], [48.0], [_square(2, 48, 1)]))
    for asked in nowhere:
        assert [len(column) for column in access.distance_to_shapes(*asked)] == [0, 0, 0]


def test_metres_are_those_of_the_official_projection():
    geopandas = pytest.importorskip("geopandas")
    lon, lat = PARIS
    random = np.random.default_rng(2)
    x, y = lon + 0.03 * random.standard_normal(200), lat + 0.02 * random.standard_normal(200)
    shapes = [_square(lon, lat, 1), _square(lon + 0.02, lat + 0.01, 2)]
    found = access.distance_to_shapes(x, y, shapes)
    points = geopandas.GeoSeries.from_xy(x, y, crs=4326).to_crs(2154)
    official = geopandas.GeoSeries(shapes, crs=4326).to_crs(2154)
    expected = points.iloc[found.point].distance(official.iloc[found.shape], align=False)
    assert len(found.point) > 50
    assert found.metres == pytest.approx(expected.to_numpy(), abs=3)
