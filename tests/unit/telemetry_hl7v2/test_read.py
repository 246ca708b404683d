"""Messages of monitors: codes, units, times, character sets, refusals, answers; no patient."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from dispatch.errors import BadPayload
from telemetry.hl7v2 import syntax
from telemetry.hl7v2.answer import accept, refuse
from telemetry.hl7v2.files import answers
from telemetry.hl7v2.mllp import framed
from telemetry.hl7v2.model import Report
from telemetry.hl7v2.numerics import samples_of
from telemetry.hl7v2.read import read
from telemetry.hl7v2.times import Instant, Zones, read_time
from tests.unit.telemetry_hl7v2.messages import BEATS, HEART, PATIENT, PCD_01, message, obx

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
CHINA = Zones(supplied=timezone(timedelta(hours=8)))


def report(*segments: str, **head: str) -> Report:
    return read(message(*segments, **head).encode())


def refused(raw: bytes) -> str:
    with pytest.raises(BadPayload) as caught:
        read(raw)
    return caught.value.reason


def problem(line: str) -> str:
    found = report(line)
    assert not found.vitals
    return found.refused[0].reason


def test_a_report_of_a_monitor_in_our_codes_and_units() -> None:
    found = read(PCD_01.encode())
    values = {vital.code: (vital.value, vital.unit, vital.mapped_by) for vital in found.vitals}
    assert values == {
        "heart_rate": (72.0, "/min", "MDC"),
        "spo2": (97.0, "%", "MDC"),
        "nibp_systolic": (120.01, "mm[Hg]", "MDC"),
        "temperature": (37.0, "Cel", "MDC"),
    }
    by_code = {vital.code: vital for vital in found.vitals}
    assert by_code["nibp_systolic"].at == Instant(at="2026-11-23T03:55:00Z", zone="stated")
    assert by_code["heart_rate"].at == Instant(at="2026-11-23T03:59:58.250000Z", zone="stated")
    assert by_code["temperature"].given["value"] == 98.6
    assert [one.code for one in found.unmapped] == ["150488"]
    assert [one.by for one in found.devices] == ["OBX-18", "MSH-3"]
    assert found.devices[0].universal_id == "0004A30000123456"
    assert found.refused == ()


def test_no_patient_leaves_the_reader() -> None:
    free = obx("9^note^99L", "王小明 ward 7", "", kind="ST")
    found = read(message(PATIENT, obx(HEART, "72", BEATS), free).encode())
    said = msgspec.json.encode(found).decode()
    assert found.patient == "yes"
    for word in ("王", "小明", "4711", "1956", "ward 7"):
        assert word not in said
    assert report(obx(HEART, "72", BEATS)).patient == "no"


@pytest.mark.parametrize(
    ("code", "unit", "expected"),
    [
        ("8867-4^Heart rate^LN", "/min", ("heart_rate", "LOINC")),
        ("59408-5^SpO2^LN", "%", ("spo2", "LOINC")),
        ("8480-6^Systolic^LN", "mm[Hg]", ("nibp_systolic", "LOINC")),
        ("8310-5^Temp^LN", "Cel", ("temperature", "LOINC")),
        ("101^HR^99MNDRY", "bpm", ("heart_rate", "name")),
        ("0002-4182^HR^99X^147842^MDC_ECG_HEART_RATE^MDC", "{beats}/min", ("heart_rate", "MDC")),
        ("170^NIBP-S^99L", "mmHg", ("nibp_systolic", "name")),
        ("0002-4182^HR^MDIL", "0004-0aa0^bpm^MDIL", ("heart_rate", "MDC")),
        ("0002-4a15^ABPs^MDIL", "0004-0f20^mmHg^MDIL", ("abp_systolic", "MDC")),
        ("^RESP^", "br/min", ("resp_rate", "name")),
        ("x^心率^99L", "次/分", ("heart_rate", "name")),
        ("77^ABP^99L^150037^MDC_PRESS_BLD_ART_ABP_SYS^MDC", "mmHg", ("abp_systolic", "MDC")),
        ("151708^MDC_CONC_AWAY_CO2_ET^MDC", "kPa", ("etco2", "MDC")),
    ],
)
def test_codes_of_many_systems(code: str, unit: str, expected: tuple[str, str]) -> None:
    (vital,) = report(obx(code, "20", unit)).vitals
    assert (vital.code, vital.mapped_by) == expected


@pytest.mark.parametrize(
    "code", ["150372^MDC_TEMP_ESOPH^MDC", "19889-5^CO2^LN", "55284-4^BP^LN", "150456^x^99L", "^^"]
)
def test_what_is_not_surely_ours_is_listed_and_not_guessed(code: str) -> None:
    found = report(obx(HEART, "72", BEATS), obx(code, "20", "Cel"))
    assert len(found.vitals) == 1
    assert [one.value for one in found.unmapped] == ([20.0] if code != "^^" else [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (obx(HEART, "72", ""), "missing_unit"),
        (obx(HEART, "72", "furlong"), "unknown_unit"),
        (obx(HEART, "72", "mm[Hg]"), "wrong_unit"),
        (obx("151708^MDC_CONC_AWAY_CO2_ET^MDC", "5", "%"), "wrong_unit"),
        (obx(HEART, "", BEATS), "no_value"),
        (obx(HEART, "72~73", BEATS), "several_values"),
        (obx(HEART, "7 2", BEATS), "not_a_number"),
        (obx(HEART, "1e99999", BEATS), "not_a_number"),
        (obx(HEART, "1e99", BEATS), "out_of_range"),
        (obx(HEART, "-1000001", BEATS), "out_of_range"),
        (obx(HEART, "NaN", BEATS), "not_a_number"),
        (obx(HEART, "７２", BEATS), "not_a_number"),
        (obx(HEART, ">^72", BEATS, kind="SN"), "not_exact"),
        (obx(HEART, "^72^-^75", BEATS, kind="SN"), "not_exact"),
        (obx(HEART, "72", BEATS, status="W"), "withdrawn"),
        (obx(HEART, "", BEATS, status="X"), "not_obtained"),
        (obx(HEART, "72", BEATS, status="?"), "unknown_status"),
        (obx(HEART, "72", BEATS, flags="INV"), "invalid_value"),
    ],
)
def test_a_number_that_may_be_wrong_is_refused_by_name(line: str, reason: str) -> None:
    assert problem(line) == reason


def test_a_questionable_number_is_taken_and_marked() -> None:
    (vital,) = report(obx(HEART, "72", BEATS, flags="QUES~L")).vitals
    assert vital.quality == "artefact"
    (vital,) = report(obx(HEART, "=^72", BEATS, kind="SN")).vitals
    assert vital.value == 72.0


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not_hl7"),
        (b"PID|1", "not_hl7"),
        (b"MSH|^~\\&", "not_an_observation"),
        (b"MSH|||||", "bad_delimiters"),
        (b"MSHA^~\\&A", "bad_delimiters"),
        (message(kind="ADT^A01").encode(), "not_an_observation"),
        (message(kind="ORU^R40").encode(), "empty_observation"),
        (message().encode(), "empty_observation"),
        (message("obx|1").encode(), "bad_segment"),
        (message(charset="KLINGON").encode(), "unknown_charset"),
        (message("NTE|1||王", charset="ASCII").encode("utf-16-le")[:99], "not_hl7"),
        (message("NTE|1||王", charset="UNICODE UTF-8").encode("gb18030"), "wrong_charset"),
    ],
)
def test_a_message_that_cannot_be_taken_is_refused_by_name(raw: bytes, reason: str) -> None:
    assert refused(raw) == reason


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("UNICODE UTF-8", "utf-8"),
        ("GB 18030-2000", "gb18030"),
        ("", "utf-8"),
        ("", "gb18030"),
        ("UNICODE UTF-8~8859/1", "utf-8"),
    ],
)
def test_chinese_in_any_character_set(charset: str, codec: str) -> None:
    raw = message(obx("x^心率^99L", "72", "次/分"), charset=charset).encode(codec)
    assert read(raw).vitals[0].code == "heart_rate"
    stated = read(raw).charset
    assert stated.endswith("not stated") if not charset else charset.startswith(stated)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_files_with_any_line_end_and_with_frames(end: str) -> None:
    bare = PCD_01.replace("\r", end).encode()
    for content in (bare + bare, framed(bare) * 2, b"BHS|^~\\&\r" + bare + bare + b"BTS|2\r"):
        found = list(answers(content, Zones(), NOW))
        assert [one["message"] for one in found] == [1, 2]
        assert all(len(one["vitals"]) == 4 for one in found)


def test_escapes_are_the_signs_they_stand_for() -> None:
    delimiters = syntax.Message("MSH|^~\\&|x\r").delimiters
    for text, plain in (
        ("a\\T\\b", "a&b"),
        ("\\F\\\\S\\\\R\\\\E\\", "|^~\\"),
        ("\\X4d5A\\", "MZ"),
        ("\\.br\\", "\n"),
        ("\\.sp999999999\\", "\n"),
        ("\\Xzz\\x", "x"),
        ("lonely\\", "lonely\\"),
        ("\\Zmine\\", ""),
    ):
        assert syntax.unescape(text, delimiters) == plain


@pytest.mark.parametrize(
    ("text", "at", "zone"),
    [
        ("20261123120000+0800", "2026-11-23T04:00:00Z", "stated"),
        ("202611231200-0130", "2026-11-23T13:30:00Z", "stated"),
        ("20261123120000.5", "2026-11-23T04:00:00.500000Z", "supplied"),
    ],
)
def test_times_in_utc(text: str, at: str, zone: str) -> None:
    assert read_time(text, CHINA) == Instant(at=at, zone=zone)  # type: ignore[arg-type]


def test_a_time_without_any_zone_says_so() -> None:
    instant = read_time("20261123120000", Zones())
    assert instant == Instant(at="2026-11-23T12:00:00", zone="not stated")
    assert instant is not None and instant.utc is None
    for text in ("20261123", "", "x", "20261340000000", "20261123250000", "20261123120000+9999"):
        assert read_time(text, CHINA) is None
    (vital,) = report(obx(HEART, "72", BEATS, at="20261123120000")).vitals
    assert vital.at == Instant(at="2026-11-23T04:00:00Z", zone="MSH-7")


def test_alarms_are_the_devices_statements() -> None:
    found = report(
        "OBR|1|A^X|A^X|196616^MDC_EVT_ALARM^MDC|||20261123115958+0800",
        "OBX|1|CWE|196616^MDC_EVT_ALARM^MDC|1.7.4.147842.1|196670^MDC_EVT_LO^MDC|||L~PH~SP|||R",
        f"OBX|2|CWE|68480^MDC_ATTR_ALERT_SOURCE^MDC|1.7.4.147842.2|{HEART}||||||R",
        "OBX|3|ST|68481^MDC_ATTR_EVENT_PHASE^MDC|1.7.4.147842.3|start||||||R",
        "OBX|4|ST|68482^MDC_ATTR_ALARM_STATE^MDC|1.7.4.147842.4|active||||||R",
        kind="ORU^R40^ORU_R40",
    )
    (alarm,) = found.alarms
    assert (found.kind, alarm.event, alarm.text) == ("alarms", "196670", "MDC_EVT_LO")
    assert (alarm.phase, alarm.state, alarm.priority) == ("start", "active", "high")
    assert alarm.source == "MDC_ECG_HEART_RATE"
    assert found.vitals == ()


def test_answers_name_the_message_and_what_was_wrong() -> None:
    raw = message(obx(HEART, "72", ""), obx(HEART, "73", BEATS), control="M|7").encode()
    answer = accept(raw, read(raw), "G1", NOW).decode().split("\r")
    assert answer[0].startswith("MSH|^~\\&|GREENLANE|CENTRE|MONITOR^0004A30000123456^EUI-64|WARD|")
    assert answer[1].startswith("MSA|AA|M")
    assert "|W|" in answer[2] and "missing_unit" in answer[2]
    answer = refuse(b"garbage", BadPayload("not_hl7", "a|b^c"), "G2", NOW).decode().split("\r")
    assert answer[1] == "MSA|AR|"
    assert answer[2].endswith("not_hl7: a\\F\\b\\S\\c")
    again = read(message(kind="ORU^R01").encode() + obx(HEART, "72", BEATS).encode())
    assert again.vitals


def test_samples_of_a_report_are_those_of_one_instant_together() -> None:
    old, new = samples_of(read(PCD_01.encode()), NOW)
    assert set(old.numerics) == {"nibp_systolic"}
    assert old.numerics["nibp_systolic"].measured_at == datetime(2026, 11, 23, 3, 55, tzinfo=UTC)
    assert set(new.numerics) == {"heart_rate", "spo2", "temperature"}
    (sample,) = samples_of(report(obx(HEART, "72", BEATS), obx(HEART, "99", BEATS), sent=""), NOW)
    assert (sample.observed_at, sample.numerics["heart_rate"].value) == (NOW, 72.0)


def test_limits_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syntax, "SEGMENTS_MAX", 3)
    assert refused(message(*["NTE|1"] * 3).encode()) == "too_many_segments"
    monkeypatch.setattr(syntax, "MESSAGE_MAX_BYTES", 50)
    assert refused(message().encode()) == "oversize"
