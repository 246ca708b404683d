"""What is a problem of a device, in which order, and what is none."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from dispatch.domain.config import Device, UnitConfig
from dispatch.http.device_report import (
    PROBLEMS,
    DeviceDesk,
    DeviceReport,
    Heard,
    LinkReport,
    UnitNow,
    device_state,
    report_of,
    unit_devices,
)
from dispatch.ids import DeviceId, StationId, UnitId
from dispatch.limits import DEVICE_REPORT_FRESH_S

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LINK = LinkReport(
    at=NOW,
    queued={"vitals": 3},
    dropped={},
    queued_bytes=900,
    oldest_s=4.0,
    confirmed_s=1.0,
    round_trip_ms=80.0,
    network="4g",
    version="0.5",
)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def link(**changes: object) -> LinkReport:
    return msgspec.structs.replace(LINK, **changes)


@pytest.mark.parametrize(
    ("kind", "heard", "now", "problems"),
    [
        ("gps", Heard(last_seen_at=ago(299)), UnitNow(), ()),
        ("gps", Heard(last_seen_at=ago(301)), UnitNow(), ("silent",)),
        ("monitor", Heard(last_seen_at=ago(301)), UnitNow(), ()),
        ("monitor", Heard(last_seen_at=ago(301)), UnitNow(is_on_job=True), ("silent",)),
        ("gps", Heard(), UnitNow(), ("never_seen",)),
        ("", Heard(last_seen_at=ago(1)), UnitNow(), ("not_listed",)),
        ("gps", Heard(last_seen_at=ago(1), skew_ms=1_000), UnitNow(), ()),
        ("gps", Heard(last_seen_at=ago(1), skew_ms=-1_001), UnitNow(), ("skew",)),
        ("gps", Heard(last_seen_at=ago(1), state="offline"), UnitNow(), ("offline",)),
        ("gps", Heard(last_seen_at=ago(400), state="offline"), UnitNow(), ("silent",)),
        ("monitor", Heard(last_seen_at=ago(1), state="monitor_unplugged"), UnitNow(), ()),
        (
            "monitor",
            Heard(last_seen_at=ago(1), state="monitor_unplugged"),
            UnitNow(is_on_job=True),
            ("monitor_unplugged",),
        ),
        ("gps", Heard(last_seen_at=ago(1), battery_pct=19.0), UnitNow(), ("battery_low",)),
        ("gps", Heard(last_seen_at=ago(1), link=LINK), UnitNow(), ()),
        ("gps", Heard(last_seen_at=ago(1), link=link(oldest_s=61.0)), UnitNow(), ("queue_old",)),
        (
            "gps",
            Heard(last_seen_at=ago(1), link=link(dropped={"waveform": 2}, oldest_s=90.0)),
            UnitNow(),
            ("dropped", "queue_old"),
        ),
    ],
)
def test_what_is_a_problem(
    kind: str, heard: Heard, now: UnitNow, problems: tuple[str, ...]
) -> None:
    assert device_state("N07-X", kind, heard, now, NOW).problems == problems


def test_the_newest_row_says_the_clock_error_and_a_later_row_without_one_keeps_it() -> None:
    heard = Heard()
    heard.row({"received_at": ago(5), "skew_ms": 2_000})
    heard.row({"received_at": ago(9), "skew_ms": 70})
    heard.row({"received_at": ago(1), "skew_ms": None})
    assert (heard.skew_ms, heard.last_seen_at) == (2_000, ago(1))


def unit(name: str) -> UnitConfig:
    return UnitConfig(
        unit_id=UnitId(name),
        call_sign=f"南急{name[1:]}",
        kind="ALS",
        station_id=StationId("S1"),
        devices=(Device(device_id=DeviceId(f"{name}-GPS"), kind="gps"),),
    )


def test_units_with_problems_stand_first_the_worst_before_the_others() -> None:
    well = Heard(last_seen_at=ago(1))
    rows = [
        unit_devices(unit("N01"), UnitNow(), {"N01-GPS": well}, NOW),
        unit_devices(unit("N02"), UnitNow(quarantined={"wrong_unit": 3}), {"N02-GPS": well}, NOW),
        unit_devices(unit("N03"), UnitNow(), {}, NOW),
        unit_devices(unit("N04"), UnitNow(), {"N04-GPS": Heard(last_seen_at=ago(900))}, NOW),
    ]
    report = report_of(rows, {"wrong_topic": 1}, NOW)
    assert [row.unit_id for row in report.units] == ["N04", "N02", "N03", "N01"]
    assert [row.problems for row in report.units] == [
        ("silent",), ("quarantined",), ("never_seen",), ()
    ]  # fmt: skip
    assert report.unplaced == {"wrong_topic": 1}


def test_a_device_that_the_county_does_not_list_is_shown_and_said() -> None:
    heard = {"N01-GPS": Heard(last_seen_at=ago(1)), "N01-BOX": Heard(last_seen_at=ago(1))}
    row = unit_devices(unit("N01"), UnitNow(), heard, NOW)
    assert [(one.device_id, one.kind, one.problems) for one in row.devices] == [
        ("N01-GPS", "gps", ()),
        ("N01-BOX", "", ("not_listed",)),
    ]
    assert row.problems == ("not_listed",)
    assert set(row.problems) <= set(PROBLEMS)


def test_an_enrolled_box_is_heard_through_what_is_plugged_into_it() -> None:
    box = Heard(enrolled_at=ago(900), enrolled_kind="gateway")
    heard = {"N01-GPS": Heard(last_seen_at=ago(2), link=link(at=ago(4))), "N01-BOX": box}
    shown = unit_devices(unit("N01"), UnitNow(), heard, NOW).devices[1]
    assert (shown.device_id, shown.kind, shown.last_seen_at) == ("N01-BOX", "gateway", ago(4))
    assert shown.problems == ()
    alone = unit_devices(unit("N01"), UnitNow(), {"N01-BOX": box}, NOW).devices[1]
    assert alone.problems == ("never_seen",)


async def test_all_who_ask_within_some_seconds_get_one_computation() -> None:
    desk, asked = DeviceDesk(), []

    async def compute(now: datetime) -> DeviceReport:
        asked.append(now)
        return report_of([], {}, now)

    almost = NOW + timedelta(seconds=DEVICE_REPORT_FRESH_S - 0.1)
    later = NOW + timedelta(seconds=DEVICE_REPORT_FRESH_S)
    for now in (NOW, almost, later):
        await desk.report(now, compute)
    assert asked == [NOW, later]
