"""The numbers of a county folder: what is read, what may be left out, what is refused, who asks."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dispatch.county import read_county
from dispatch.domain.clinical import ClinicalPolicies
from dispatch.domain.config import CountyConfig, DispatchPolicy, Freshness
from hospital_gateway.policy import EscalationStep, GatewayPolicy
from maps.geojson import CountyError
from tests.unit.deploy.test_rules_command import greenlane

COUNTIES = Path(__file__).resolve().parents[3] / "deploy" / "counties"
MEOWS = '{"id": 1, "rule": "meows", "input": {"pulse": 115}}'
DIRECTOR = "county medical director (县急诊质控 / 牵头医院急诊科)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A county without `clinical.toml`."""
    copy = tmp_path / "county"
    shutil.copytree(COUNTIES / "nanxian", copy)
    (copy / "clinical.toml").unlink()
    return copy


def clinical(folder: Path, text: str) -> ClinicalPolicies:
    (folder / "clinical.toml").write_text(text, encoding="utf-8")
    return read_county(folder).config.clinical


def with_line(folder: Path, table: str, line: str) -> CountyConfig:
    """The county with one line more in a table of `policies.toml`."""
    path = folder / "policies.toml"
    text = path.read_text(encoding="utf-8")
    if f"[{table}]" in text:
        head, tail = text.split(f"[{table}]", 1)
        first, rest = tail.split("\n", 1)
        text = f"{head}[{table}]{first}\n{line}\n{rest}"
    else:
        text += f"\n[{table}]\n{line}\n"
    path.write_text(text, encoding="utf-8")
    return read_county(folder).config


@pytest.mark.parametrize("name", ["nanxian", "mingxi"])
def test_both_counties_are_read_and_nobody_has_signed_yet(name: str) -> None:
    found = read_county(COUNTIES / name).config.clinical
    assert found.signed_on == ""
    assert msgspec.structs.replace(found, owner=DIRECTOR) == ClinicalPolicies()


def test_the_example_names_its_owner() -> None:
    assert read_county(COUNTIES / "nanxian").config.clinical.owner.startswith("周明远")


def test_without_the_file_the_defaults_hold_unsigned(folder: Path) -> None:
    assert read_county(folder).config.clinical == ClinicalPolicies()


def test_a_file_holds_only_what_differs_and_moves_the_digest(folder: Path) -> None:
    before = read_county(folder).config.digest
    found = clinical(
        folder,
        'owner = "李"\nsigned_on = "2026-03-01"\n[meows.pulse]\nred_above = 110\n'
        "[criteria]\nfall_height_m = 2\n",
    )
    assert (found.owner, found.signed_on) == ("李", "2026-03-01")
    assert (found.meows.pulse.red_below, found.meows.pulse.red_above) == (40, 110)
    assert found.criteria.fall_height_m == 2
    assert found.stroke == ClinicalPolicies().stroke
    assert read_county(folder).config.digest != before


@pytest.mark.parametrize(
    ("text", "what", "do"),
    [
        ("[meow]\nrr = 3", "meow is unknown; known here: owner, signed_on", "Correct this key"),
        ("[stroke]\nevt = 3", "stroke.evt is unknown; known here: lysis", "docs/rules.md"),
        ('[stroke]\ncoma_gcs = "8"', "`$.stroke.coma_gcs`", "Correct this key"),
        ("[stroke]\ncoma_gcs = nan", "`$.stroke.coma_gcs`", "docs/rules.md"),
        ('owner = " "', "owner is empty", "Name who answers for these numbers"),
        ('signed_on = "1 March"', "signed_on: '1 March' is not a date", 'Write it as "2026-03-01"'),
        ("signed_on = 2026-03-01", "Expected `str`, got `date` - at `$.signed_on`", "Correct"),
        ("[stroke", "is not TOML", "Correct the line that it names"),
    ],
)
def test_a_slip_is_refused_with_file_key_and_what_to_do(
    folder: Path, text: str, what: str, do: str
) -> None:
    with pytest.raises(CountyError) as refused:
        clinical(folder, text)
    assert refused.value.path == folder / "clinical.toml"
    assert what in refused.value.what and do in refused.value.do


def test_a_file_too_large_keeps_its_own_sentence(folder: Path) -> None:
    with pytest.raises(CountyError, match="bytes, more than"):
        clinical(folder, "#" * 100_000_000)


GATEWAY: dict[str, tuple[str, str, Any]] = {
    "immediate_detour_s": ("destination", "240", 240),
    "immediate_pregnant_from_weeks": ("destination", "24", 24),
    "immediate_requires": ("destination", '["resus"]', ("resus",)),
    "immediate_detour_centres": ("destination", "[]", ()),
    "immediate_detour_pregnant": ("destination", '["or_24h"]', ("or_24h",)),
    "general_requires": ("destination", '["resus"]', ("resus",)),
    "paediatric": ("destination", '["picu"]', ("picu",)),
    "child_below_years": ("destination", "16", 16),
    "bypass_if_stable": ("destination", '["maternal"]', ("maternal",)),
    "tiers": ("transfer", '[["village"], ["county", "city"]]', (("village",), ("county", "city"))),
    "dido_warning_s": ("transfer", "900", 900),
    "dido_alarm_s": ("transfer", "2400", 2400),
    "dido_standard_s": ("transfer", "{ trauma = 2700 }", {"trauma": 2700}),
    "red_centres": ("pre_alert_colour", '["stroke", "trauma"]', ("stroke", "trauma")),
    "npews_red_from": ("pre_alert_colour", "8", 8),
    "npews_yellow_from": ("pre_alert_colour", "4", 4),
    "stroke_red_within_h": ("pre_alert_colour", "6", 6),
}
WRITTEN = {
    "ladder", "bed_hold_after_eta_s", "bed_hold_without_eta_s", "advisory_penalty_s",
    "no_bed_penalty_s", "load_penalty_s_per_inbound", "tie_s", "offload_standard_s",
    "door_to_wire_s",
}  # fmt: skip


@pytest.mark.parametrize("key", GATEWAY)
def test_a_number_of_the_hospital_side_may_be_set_and_moves_alone(folder: Path, key: str) -> None:
    before = read_county(folder).config.gateway
    table, written, value = GATEWAY[key]
    assert getattr(before, key) == getattr(GatewayPolicy(), key) != value
    after = with_line(folder, table, f"{key} = {written}").gateway
    assert after == msgspec.structs.replace(before, **{key: value})


def test_every_number_of_the_hospital_side_is_read() -> None:
    assert set(GATEWAY) | WRITTEN == set(GatewayPolicy.__struct_fields__)


@pytest.mark.parametrize("table", ["destination", "transfer", "pre_alert_colour"])
def test_an_unknown_key_of_the_policies_is_refused(folder: Path, table: str) -> None:
    with pytest.raises(CountyError, match=rf"unknown field `slip` - at `\$\.{table}`"):
        with_line(folder, table, "slip = 1")


def test_the_written_numbers_arrive_where_they_belong() -> None:
    config = read_county(COUNTIES / "nanxian").config
    assert config.gateway == GatewayPolicy(
        ladder=(
            EscalationStep(name="second_channel", after_s=5, unless="delivered",
                           tells="emergency_department"),
            EscalationStep(name="dispatcher_banner", after_s=10, unless="displayed",
                           tells="dispatcher"),
            EscalationStep(name="ed_lead", after_s=30, unless="acknowledged", tells="duty_lead"),
            EscalationStep(name="medical_control", after_s=60, unless="acknowledged",
                           tells="medical_control"),
            EscalationStep(name="dispatcher_phones", after_s=90, unless="acknowledged",
                           tells="dispatcher"),
        ),
        bed_hold_after_eta_s=1200,
        bed_hold_without_eta_s=3600,
        advisory_penalty_s=600,
        no_bed_penalty_s=600,
        load_penalty_s_per_inbound=60,
        tie_s=120,
        offload_standard_s=1200,
        door_to_wire_s=1200,
    )  # fmt: skip
    assert config.dispatch == DispatchPolicy(
        send_s={"P1": 120, "P2": 180, "P3": 600, "P4": 3600},
        arrive_s={"P1": 720, "P2": 1080, "P3": 1800, "P4": 10800},
        assignment_unanswered_s=30,
        turnout_s=180,
        undo_s=10,
        answer_s=10,
        cover_minutes=20,
    )
    assert config.freshness == Freshness(numerics_s=10, nibp_s=600, position_s=30, beds_s=900)


def test_the_command_answers_with_the_numbers_of_a_county(folder: Path) -> None:
    clinical(folder, "[meows.pulse]\nred_above = 110\n")
    plain = greenlane("evaluate", given=MEOWS).answers
    asked = greenlane("evaluate", "--county", str(folder), given=MEOWS).answers
    assert (plain[0]["result"]["red"], asked[0]["result"]["red"]) == (0, 1)
    told = greenlane("explain", "--lang", "en", "--county", str(folder), given=MEOWS).out
    assert "1 red, 0 yellow" in told
    assert "0 red, 1 yellow" in greenlane("explain", "--lang", "en", given=MEOWS).out


@pytest.mark.parametrize("words", [("list",), ("describe", "meows")])
def test_the_owner_and_the_signature_are_said(folder: Path, words: tuple[str, ...]) -> None:
    last = greenlane(*words).out.splitlines()[-1]
    assert last == f"county numbers: the defaults; owner: {DIRECTOR}; not signed yet"
    clinical(folder, 'owner = "李"\nsigned_on = "2026-03-01"\n')
    last = greenlane(*words, "--county", str(folder)).out.splitlines()[-1]
    assert last == f"county numbers: {folder}; owner: 李; signed on 2026-03-01"


@pytest.mark.parametrize(
    "words", [("evaluate",), ("explain",), ("list",), ("list", "--json"), ("describe", "meows")]
)
def test_a_county_that_cannot_be_read_is_said_before_anything_else(
    folder: Path, words: tuple[str, ...]
) -> None:
    (folder / "clinical.toml").write_text("[meow]", encoding="utf-8")
    said = greenlane(*words, "--county", str(folder), given=MEOWS)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"greenlane: {folder / 'clinical.toml'}: meow is unknown")


def test_the_machine_readable_list_holds_rules_only() -> None:
    rows = greenlane("list", "--json").out.splitlines()
    assert all(set(json.loads(row)) == {"name", "version", "source", "owner"} for row in rows)


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        ("facilities.toml", '["chest_pain", "stroke", "trauma"]', '["no"]', "H1.centres: no names"),
        ("units.toml", 'station = "', 'station = "no', "names nothing"),
        ("stations.toml", 'id = "', 'id = "S1" #', "id S1 stands twice"),
    ],
)
def test_what_names_nothing_or_stands_twice_is_refused(
    folder: Path, file: str, old: str, new: str, what: str
) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    if file == "stations.toml":  # every unit waits at the one id that is left
        units = folder / "units.toml"
        lines = units.read_text(encoding="utf-8").splitlines()
        kept = ['station = "S1"' if line.startswith("station =") else line for line in lines]
        units.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(CountyError, match=re.escape(what)):
        read_county(folder)
