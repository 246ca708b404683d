"""`roads.toml` of a county folder: what it changes, what is refused, and that the log keeps it."""

import shutil
from pathlib import Path

import msgspec
import pytest

from dispatch.county import read_county
from dispatch.domain.config import CountyConfig
from maps.geojson import CountyError
from maps.network.learned_file import speeds_name
from maps.network.policy import RoadPolicy

COUNTIES = Path(__file__).resolve().parents[3] / "deploy" / "counties"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A county without `roads.toml`."""
    copy = tmp_path / "county"
    shutil.copytree(COUNTIES / "nanxian", copy)
    (copy / "roads.toml").unlink()
    return copy


def roads(folder: Path, text: str) -> RoadPolicy:
    (folder / "roads.toml").write_text(text, encoding="utf-8")
    return read_county(folder).config.roads


@pytest.mark.parametrize("name", ["nanxian", "mingxi"])
def test_both_counties_drive_as_the_defaults_and_nobody_has_signed(name: str) -> None:
    found = read_county(COUNTIES / name).config.roads
    assert found.signed_on == ""
    assert speeds_name(found.speeds) == speeds_name(RoadPolicy().speeds)
    places = ("on_road_m", "reach_m", "off_road_kmh")
    assert all(getattr(found, key) == getattr(RoadPolicy(), key) for key in places)


def test_without_the_file_the_defaults_hold_unsigned(folder: Path) -> None:
    assert read_county(folder).config.roads == RoadPolicy()


def test_a_file_holds_only_what_differs_and_moves_the_digest(folder: Path) -> None:
    before = read_county(folder).config.digest
    found = roads(
        folder,
        'owner = "120"\nsigned_on = "2026-03-01"\noff_road_kmh = 10\n'
        "[speeds.sirens]\nP2 = 1.2\n[speeds.class_kmh]\ntrack = 20\n"
        '[[speeds.bands]]\nname = "rush"\nhours = [7, 8]\nfactor = 0.9\n'
        'class_factor = { primary = 0.8 }\n[[speeds.ferries]]\nname = "渡口"\nhours = [6, 7]\n',
    )
    assert (found.owner, found.signed_on, found.off_road_kmh) == ("120", "2026-03-01", 10.0)
    assert found.speeds.sirens == {"P1": 1.42, "P2": 1.2}, "table into table"
    assert [band.name for band in found.speeds.bands] == ["rush"], "lists are replaced whole"
    assert found.speeds.ferries[0].hours == (6, 7)
    assert found.reach_m == RoadPolicy().reach_m
    assert read_county(folder).config.digest != before


def test_the_numbers_come_back_from_the_log_as_they_went_in(folder: Path) -> None:
    roads(folder, "on_road_m = 50\n[speeds]\nferry_wait_min = 8\n")
    config = read_county(folder).config
    written = msgspec.json.encode(config, order="deterministic")
    again = msgspec.json.decode(written, type=CountyConfig)
    assert again.roads == config.roads and again.roads.speeds.ferry_wait_min == 8
    assert msgspec.json.encode(again, order="deterministic") == written


def test_a_log_of_before_has_the_defaults(folder: Path) -> None:
    written = msgspec.to_builtins(read_county(folder).config)
    written.pop("roads")
    assert msgspec.convert(written, CountyConfig).roads == RoadPolicy()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[speed]\nof_limit = 1", "speed is unknown; known here: owner, signed_on, speeds"),
        ("[speeds]\nof_limits = 1", "speeds.of_limits is unknown; known here: class_kmh"),
        ('[speeds]\nof_limit = "fast"', "`$.speeds.of_limit`"),
        ("[speeds]\nof_limit = nan", "must be positive"),
        ("[speeds]\nof_limit = -1", "must be positive"),
        ("[speeds.class_kmh]\nautobahn = 130", "autobahn is no road class"),
        ("[speeds.sirens]\nP5 = 2", "P5 is no priority"),
        ('[[speeds.bands]]\nname = "x"\nhours = [24]', "24 is no hour of the day"),
        (
            '[[speeds.bands]]\nname = "x"\nhours = [1]\nfactr = 1',
            "speeds.bands[0].factr is unknown",
        ),
        ("[[speeds.ferries]]\nwait_min = 3", "either its name or its OSM way"),
        ("reach_m = 10", "on_road_m 60.0 and reach_m 10.0"),
        ('owner = " "', "owner is empty"),
        ('signed_on = "1 March"', "signed_on: '1 March' is not a date"),
        ("[speeds", "is not TOML"),
    ],
)
def test_a_slip_is_refused_with_file_and_key(folder: Path, text: str, what: str) -> None:
    with pytest.raises(CountyError) as refused:
        roads(folder, text)
    assert refused.value.path == folder / "roads.toml"
    assert what in refused.value.what and refused.value.do
