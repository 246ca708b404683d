"""The tables beside the geography are regular: same keys, known words, references that exist.

Their loaders live in hospital_gateway and dispatch; this keeps the two folders fit for them.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

COUNTIES = Path(__file__).parents[3] / "deploy" / "counties"
CAPABILITIES = {
    "ed_24h",
    "resus",
    "ct_24h",
    "lysis_stroke",
    "evt",
    "lysis_stemi",
    "ppci",
    "trauma_level_1",
    "trauma_level_2",
    "trauma_level_3",
    "or_24h",
    "blood",
    "ob_emergency",
    "nicu_2",
    "nicu_3",
    "picu",
    "eicu",
    "burn",
    "hyperbaric",
    "tox",
    "psych",
    "isolation",
    "respiratory_icu",
}


def _table(county: str, name: str) -> dict[str, Any]:
    return tomllib.loads((COUNTIES / county / name).read_text(encoding="utf-8"))


both = pytest.mark.parametrize("county", ["nanxian", "mingxi"])


@both
@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("facilities.toml", "facility"),
        ("centres.toml", "centre"),
        ("stations.toml", "station"),
        ("units.toml", "unit"),
        ("policies.toml", "pre_alert_ladder"),
    ],
)
def test_rows_have_the_same_keys_and_unique_ids(county: str, file: str, table: str) -> None:
    rows = _table(county, file)[table]
    assert len({tuple(sorted(row)) for row in rows}) == 1
    ids = [row.get("id", row.get("step")) for row in rows]
    assert len(set(ids)) == len(ids)


@both
def test_references_exist(county: str) -> None:
    facilities = {row["id"]: row for row in _table(county, "facilities.toml")["facility"]}
    centres = {row["id"]: row for row in _table(county, "centres.toml")["centre"]}
    stations = {row["id"]: row for row in _table(county, "stations.toml")["station"]}
    for facility in facilities.values():
        assert set(facility["centres"]) <= set(centres)
        assert set(facility["capabilities"]) <= CAPABILITIES
    for station in stations.values():
        assert station["facility"] in {*facilities, ""}
    units = _table(county, "units.toml")["unit"]
    assert {unit["station"] for unit in units} == set(stations)
    devices = [device["id"] for unit in units for device in unit["devices"]]
    assert len(set(devices)) == len(devices)
    assert all(re.fullmatch(r"[A-Z0-9-]{3,32}", device) for device in devices)


@both
def test_each_centre_is_run_by_a_facility_that_passes_its_gate(county: str) -> None:
    facilities = _table(county, "facilities.toml")["facility"]
    for centre in _table(county, "centres.toml")["centre"]:
        needed, either = set(centre["requires_all"]), set(centre["requires_any"])
        assert needed | either | set(centre["bypass_to"]) <= CAPABILITIES
        running = [f for f in facilities if centre["id"] in f["centres"]]
        assert any(f["kind"] != "city" for f in running)
        for facility in running:
            able = set(facility["capabilities"])
            assert needed <= able
            assert not either or either & able


def test_the_demonstration_county_is_as_described() -> None:
    units = _table("nanxian", "units.toml")["unit"]
    assert [unit["id"] for unit in units] == [f"N{n:02d}" for n in range(1, 15)]
    assert [unit["call_sign"] for unit in units] == [f"南急{n:02d}" for n in range(1, 15)]
    assert [c["id"] for c in _table("nanxian", "centres.toml")["centre"]] == [
        "chest_pain",
        "stroke",
        "trauma",
        "maternal",
        "newborn_child",
    ]
    assert [c["id"] for c in _table("mingxi", "centres.toml")["centre"]][-1] == "respiratory"


@both
def test_the_ladder_climbs(county: str) -> None:
    steps = [row["after_s"] for row in _table(county, "policies.toml")["pre_alert_ladder"]]
    assert steps == sorted(steps) == [5, 10, 30, 60, 90]
