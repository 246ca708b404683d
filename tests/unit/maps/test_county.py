"""Both county folders load; a broken file is refused by the name of the file and the key."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from maps import geojson
from maps.county import CountyError, load_county
from maps.distance import haversine_m
from maps.geography import CountyGeography

COUNTIES = Path(__file__).parents[3] / "deploy" / "counties"


@pytest.fixture(scope="module")
def nanxian() -> CountyGeography:
    return load_county(COUNTIES / "nanxian")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "county"
    shutil.copytree(COUNTIES / "nanxian", folder)
    return folder


@pytest.mark.parametrize(
    ("name", "code", "towns", "prefix"),
    [("nanxian", "430921", 12, "南急"), ("mingxi", "350421", 9, "明急")],
)
def test_the_folder_loads(name: str, code: str, towns: int, prefix: str) -> None:
    county = load_county(COUNTIES / name)
    assert county.settings.id == name
    assert county.settings.code == code
    assert county.settings.call_sign_prefix == prefix
    assert county.settings.schematic
    assert len(county.area.towns) == towns
    assert county.roads
    assert county.rivers
    assert all(line.schematic for line in (*county.roads, *county.rivers))


@pytest.mark.parametrize("name", ["nanxian", "mingxi"])
def test_every_place_lies_in_its_own_town(name: str) -> None:
    county = load_county(COUNTIES / name)
    for place in county.places:
        assert county.area.town_of(place.position) == place.town, place.name_zh
    assert {place.town.code for place in county.places} == {t.code for t in county.area.towns}


def test_inside_and_outside(nanxian: CountyGeography) -> None:
    area = nanxian.area
    seat = area.towns[0]
    assert area.contains(seat.position)
    assert area.town_of(seat.position) == seat
    west, south, east, north = area.boundary.bounds
    corner = type(seat.position)(lon=east, lat=north)  # in the box, outside the outline
    assert not area.contains(corner)
    assert area.town_of(corner) is None
    far = type(seat.position)(lon=west - 1.0, lat=south)
    assert area.town_of(far) is None


def test_towns_do_not_stand_on_each_other(nanxian: CountyGeography) -> None:
    towns = nanxian.area.towns
    gaps = [haversine_m(a.position, b.position) for a in towns for b in towns if a is not b]
    assert min(gaps) > 2_000


Change = Callable[[dict[str, object]], None]


def _edit(path: Path, change: Callable[..., None]) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")


def _set(*keys: str | int, to: object) -> Callable[..., None]:
    def change(data: object) -> None:
        for key in keys[:-1]:
            data = data[key]  # type: ignore[index]
        data[keys[-1]] = to  # type: ignore[index]

    return change


FIRST = ("features", 0)


@pytest.mark.parametrize(
    ("file", "change", "words"),
    [
        ("towns.geojson", _set(*FIRST, "properties", "colour", to="red"), "colour"),
        ("towns.geojson", _set(*FIRST, "properties", "label_radius_m", to=5), "label_radius_m"),
        ("towns.geojson", _set(*FIRST, "geometry", "type", to="Circle"), "Circle"),
        ("towns.geojson", _set(*FIRST, "geometry", "coordinates", to=[1, 2, 3]), "coordinates"),
        ("towns.geojson", _set(*FIRST, "geometry", "coordinates", to=[29.3, 112.4]), "swapped"),
        ("towns.geojson", _set(*FIRST, "geometry", "coordinates", to=[0, 0]), "fix"),
        ("towns.geojson", _set(*FIRST, "geometry", "coordinates", to=[113.9, 29]), "outside the b"),
        ("towns.geojson", _set(*FIRST, "properties", "name_zh", to="华阁镇"), "stands twice"),
        ("towns.geojson", _set("features", to=[]), "empty"),
        ("boundary.geojson", _set(*FIRST, "properties", "code", to="430922"), "430922"),
        ("boundary.geojson", _set("features", to=[]), "0 shapes"),
        (
            "boundary.geojson",
            _set(*FIRST, "geometry", "coordinates", 0, -1, to=[112.5, 29.2]),
            "closed",
        ),
        (
            "boundary.geojson",
            _set(
                *FIRST,
                "geometry",
                "coordinates",
                to=[[[112, 29], [113, 30], [113, 29], [112, 30], [112, 29]]],
            ),
            "Self-intersection",
        ),
        (
            "boundary.geojson",
            _set(
                *FIRST,
                "geometry",
                "coordinates",
                to=[[[100, 20], [120, 20], [120, 40], [100, 40], [100, 20]]],
            ),
            "wider",
        ),
        ("roads.geojson", _set(*FIRST, "properties", "kind", to="river"), "kind"),
        ("roads.geojson", _set(*FIRST, "geometry", "coordinates", to=[[112, 29]]), "1 vertices"),
        (
            "rivers.geojson",
            _set(*FIRST, "geometry", "coordinates", 0, to=[100.0, 29.0]),
            "leaves the county",
        ),
        ("rivers.geojson", _set("type", to="Feature"), "type"),
        ("places.geojson", _set(*FIRST, "properties", "town", to="999999"), "999999"),
        ("places.geojson", _set(*FIRST, "properties", "id", to="X-1"), None),
        ("places.geojson", _set("features", 1, "properties", "id", to="lower"), "id"),
    ],
)
def test_a_broken_file_is_named(
    copy: Path, file: str, change: Callable[..., None], words: str | None
) -> None:
    _edit(copy / file, change)
    if words is None:
        load_county(copy)
        return
    with pytest.raises(CountyError) as caught:
        load_county(copy)
    assert caught.value.path == copy / file
    assert words in caught.value.what
    assert caught.value.do


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('zone = "Asia/Shanghai"', 'zone = "Asia/Nanxian"', "$.county.zone"),
        ('zone = "Asia/Shanghai"', 'zone = "/etc/passwd"', "$.county.zone"),
        ('id = "nanxian"', 'id = "Nan Xian"', "$.county.id"),
        ("magnification = 6", "magnification = 60", "$.county.seat_inset.magnification"),
        ("west = 112.3740", "west = 113.3740", "$.county.seat_inset"),
        ("north = 29.3722", "north = 29.3500", "seat_inset holds no town"),
        ('name_en = "Nanxian"', 'nome_en = "Nanxian"', "nome_en"),
        ('call_sign_prefix = "南急"\n', "", "call_sign_prefix"),
        ("schematic = true", "schematic = yes", "Invalid value"),
    ],
)
def test_a_broken_county_toml_is_named(copy: Path, old: str, new: str, words: str) -> None:
    path = copy / "county.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CountyError) as caught:
        load_county(copy)
    assert caught.value.path == path
    assert words in caught.value.what


def test_a_hand_drawn_line_cannot_hide_in_a_surveyed_county(copy: Path) -> None:
    path = copy / "county.toml"
    text = path.read_text(encoding="utf-8").replace("schematic = true", "schematic = false", 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CountyError, match="schematic"):
        load_county(copy)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "line 1"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"type": "FeatureCollection", "type": "x", "features": []}', "'type' stands twice"),
        (b'{"type": "FeatureCollection", "features": [NaN]}', "NaN"),
        (b"[" * 200_000, "nested"),
    ],
)
def test_what_is_not_geojson_is_named(copy: Path, content: bytes, words: str) -> None:
    (copy / "rivers.geojson").write_bytes(content)
    with pytest.raises(CountyError, match=r"rivers\.geojson") as caught:
        load_county(copy)
    assert words in caught.value.what


def test_missing_file_and_folder_are_named(copy: Path) -> None:
    (copy / "towns.geojson").unlink()
    with pytest.raises(CountyError, match=r"towns\.geojson"):
        load_county(copy)
    with pytest.raises(CountyError, match="not a folder"):
        load_county(copy / "nowhere")


def test_limits_are_kept(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geojson, "MAX_COUNTY_FILE_BYTES", 10)
    with pytest.raises(CountyError, match="more than 10"):
        load_county(copy)


@pytest.mark.parametrize(
    ("limit", "words"), [("MAX_FEATURES_PER_FILE", "at most 2"), ("MAX_VERTICES_PER_SHAPE", "2 to")]
)
def test_shape_limits_are_kept(
    copy: Path, monkeypatch: pytest.MonkeyPatch, limit: str, words: str
) -> None:
    monkeypatch.setattr(f"maps.county.{limit}", 2)
    with pytest.raises(CountyError, match=words):
        load_county(copy)
