"""The county in squares: nothing of it left out, nothing counted twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box, union_all

from maps.areas import CountyArea, Town
from maps.coordinates import Wgs84
from maps.coverage import cells as module
from maps.coverage.cells import CellPolicy, as_features, cells_over, zones_of

COUNTY = Polygon([(112.2, 29.2), (112.6, 29.25), (112.55, 29.5), (112.4, 29.35), (112.2, 29.5)])
COARSE = cells_over(COUNTY, CellPolicy(side_m=3_000.0))


def test_the_cells_are_the_county() -> None:
    cells = cells_over(COUNTY, CellPolicy(side_m=2_500.0))
    together = union_all(list(cells.shapes))
    assert together.symmetric_difference(COUNTY).area < 1e-9
    assert sum(shape.area for shape in cells.shapes) == pytest.approx(COUNTY.area)


def test_every_cell_is_as_large_as_it_should_be() -> None:
    cells = cells_over(box(112.2, 29.2, 112.3, 29.3), CellPolicy(side_m=1_000.0))
    assert (cells.columns, cells.rows) == (10, 12)
    assert len(cells) == 120
    inner = cells.share[cells.number == 5 * 10 + 5]
    assert inner == pytest.approx([1.0])
    assert 0.0 < cells.share.min() < 1.0


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_place_lies_in_the_cell_whose_shape_holds_it(east: float, north: float) -> None:
    cells = COARSE
    lon, lat = 112.15 + 0.5 * east, 29.15 + 0.4 * north
    (cell,) = cells.at(np.array([lon]), np.array([lat]))
    holding = [k for k, shape in enumerate(cells.shapes) if shape.covers(Point(lon, lat))]
    if cell >= 0 and COUNTY.covers(Point(lon, lat)):
        assert cell in holding
    else:
        assert not holding


def test_the_place_of_a_cell_is_inside_its_part_of_the_county() -> None:
    cells = cells_over(COUNTY, CellPolicy(side_m=2_500.0))
    for lon, lat, shape in zip(cells.lon, cells.lat, cells.shapes, strict=True):
        assert shape.covers(Point(lon, lat))
    assert np.array_equal(cells.at(cells.lon, cells.lat), np.arange(len(cells)))


def test_outside_is_no_cell() -> None:
    cells = cells_over(COUNTY)
    lon, lat = (
        np.array([112.0, 113.0, 112.4, 112.4, 112.4]),
        np.array([29.3, 29.3, 29.0, 29.9, 29.48]),
    )
    assert cells.at(lon, lat).tolist() == [-1] * 5


def test_an_exclave_is_in_it() -> None:
    two = MultiPolygon([box(112.2, 29.2, 112.25, 29.25), box(112.6, 29.4, 112.62, 29.42)])
    cells = cells_over(two)
    assert cells.at(np.array([112.61]), np.array([29.41]))[0] >= 0
    assert cells.at(np.array([112.4]), np.array([29.3]))[0] == -1


def test_each_cell_belongs_to_the_nearest_township() -> None:
    towns = tuple(
        Town(code=f"4309211{k}", name_zh=f"镇{k}", name_en=f"Town {k}", label_radius_m=500,
             position=Wgs84(lon=lon, lat=29.3), approximate=False)
        for k, lon in enumerate((112.25, 112.5))
    )  # fmt: skip
    area = CountyArea(boundary=COUNTY, towns=towns)
    cells = cells_over(COUNTY)
    zones = zones_of(cells, area)
    for lon, lat, zone in zip(cells.lon, cells.lat, zones, strict=True):
        assert area.town_of(Wgs84(lon=float(lon), lat=float(lat))) is towns[zone]


@pytest.mark.parametrize("side_m", [49.0, 50_001.0, float("nan")])
def test_a_senseless_side_is_refused(side_m: float) -> None:
    with pytest.raises(ValueError, match="side_m"):
        CellPolicy(side_m=side_m)


def test_too_many_cells_and_no_county_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CELLS", 100)
    with pytest.raises(ValueError, match="larger"):
        cells_over(COUNTY)
    with pytest.raises(ValueError, match="empty"):
        cells_over(Polygon())


def test_features_carry_their_columns() -> None:
    cells = cells_over(COUNTY, CellPolicy(side_m=10_000.0))
    drawn = as_features(cells, {"calls": np.arange(len(cells))})
    assert [one["properties"]["calls"] for one in drawn["features"]] == list(range(len(cells)))
    assert drawn["features"][0]["geometry"]["type"] == "MultiPolygon"
    with pytest.raises(ValueError, match="calls has 1 values"):
        as_features(cells, {"calls": [1]})
