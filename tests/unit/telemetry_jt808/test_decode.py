"""Every message and item by hand-made frames; the captured ones are in tests/contract/jt808."""

import struct
from datetime import UTC, datetime

import pytest

from telemetry.jt808.decode import decode
from telemetry.jt808.frame import escape
from telemetry.jt808.header import luhn
from telemetry.jt808.lines import LineReader
from telemetry.jt808.model import Fix
from tests.unit.telemetry_jt808.frames import PHONE, frame, item, report

AT = datetime(2026, 11, 23, 23, 30, 5, tzinfo=UTC)  # the next day in China


def fix_of(items: bytes = b"", model: str = "", **given: object) -> Fix:
    body = report(at=AT, items=items, **given)  # type: ignore[arg-type]
    (fix,) = decode(frame(0x0200, body), model).fixes
    return fix


def test_a_report_in_utc_degrees_and_kilometres() -> None:
    fix = fix_of(item(0x01, struct.pack(">I", 12345)) + item(0x30, b"\x1f") + item(0x31, b"\x0c"))
    assert fix.time == "2026-11-23T23:30:05Z"
    assert (fix.lon, fix.lat, fix.altitude_m) == (112.4, 29.36, 30.0)
    assert (fix.speed_kmh, fix.heading_deg) == (45.6, 90.0)
    assert (fix.mileage_km, fix.signal, fix.satellites) == (1234.5, 31, 12)
    assert fix.valid
    assert (fix.datum, fix.datum_by) == ("WGS84", "status bit 5")
    assert fix.unread == {}


def test_the_signs_come_from_the_status_bits() -> None:
    fix = fix_of(status=0b1110)
    assert (fix.lon, fix.lat) == (-112.4, -29.36)
    assert {"south", "west", "positioned"} <= set(fix.status)


def test_encrypted_coordinates_are_gcj02() -> None:
    assert fix_of(status=0x22).datum == "GCJ02"


def test_a_report_without_a_fix_says_so() -> None:
    assert not fix_of(status=1).valid
    beyond = fix_of(lat=91.0)
    assert (beyond.lat, beyond.lon, beyond.valid) == (None, None, False)


@pytest.mark.parametrize("bcd", ["000000000000", "261340000000", "26022f101010", "ffffffffffff"])
def test_a_clock_that_shows_no_time_gives_none(bcd: str) -> None:
    body = report(at=AT)[:22] + bytes.fromhex(bcd)
    assert decode(frame(0x0200, body)).fixes[0].time is None


def test_alarms_have_the_names_of_the_standard() -> None:
    fix = fix_of(alarms=1 | 1 << 8 | 1 << 31)
    assert fix.alarms == ("emergency", "main_power_lost", "illegal_door_opening")
    assert fix.attributes["alarm"] == "alarm_sos,alarm_power_off"


def test_the_two_load_bits_together_are_loaded() -> None:
    assert "loaded" in fix_of(status=0x302).status
    assert "half_loaded" in fix_of(status=0x102).status
    assert "half_loaded" not in fix_of(status=0x302).status


@pytest.mark.parametrize(
    ("value", "key", "expected"),
    [
        (item(0x02, b"\x01\xf4"), "fuel", 50.0),
        (item(0x03, b"\x02\x58"), "recorder_speed_kmh", 60.0),
        (item(0x04, b"\x00\x07"), "alarm_to_confirm", 7),
        (item(0x11, b"\x00"), "overspeed_area", "none"),
        (item(0x11, b"\x03\x00\x00\x00\x09"), "overspeed_area_id", 9),
        (item(0x12, b"\x04\x00\x00\x00\x05\x01"), "crossed", "out"),
        (item(0x13, b"\x00\x00\x00\x05\x01\x2c\x01"), "route_time", "too_long"),
        (item(0x14, b"\x00\x00\x00\x03"), "video_alarms", ["video_signal_lost", "video_covered"]),
        (item(0x15, b"\x00\x00\x00\x05"), "video_lost_channels", [1, 3]),
        (item(0x18, b"\x00\x05\x30"), "abnormal_driving", ["fatigue", "smoking"]),
        (item(0x25, b"\x00\x00\x00\x11"), "signals", ["low_beam", "brake"]),
        (item(0x2A, b"\x00\x02"), "sleep", ["sleep"]),
        (item(0x2B, b"\x01\x2c\x02\x58"), "adc2", 6.0),
        (item(0x51, b"\x80\x17"), "temp1", -2.3),
        (item(0x64, b"\0\0\0\1\0\2\1"), "adasalarm", 2),
        (item(0x65, b"\0\0\0\1\0\3\1"), "dmsalarm", 3),
        (item(0x67, b"87654321"), "password", "87654321"),
        (item(0x67, b"\0\0\0\1\0\2" + bytes(35)), "bsdalarm", 2),
        (item(0x57, b"\x02\x00\0\0\0\0\0\0"), "alarm", "alarm_braking"),
        (item(0xE7, b"\x00\x02" + bytes(6)), "alarm", "alarm_sos"),
        (item(0xE8, b"\x01\x02\x03"), "lockstatus", 0x010203),
        (item(0xE8, b"\x0c\x0e"), "alarm", "alarm_power_cut"),
        (item(0xE8, b"\x0c\x0e\x00"), "alarm", "alarm_power_cut"),
        (item(0xEB, b"\x00\x04\x00\xce\x04\xd2"), "power", 12.34),
        (item(0xEB, b"UTC+08:00"), "timezone", "UTC+08:00"),
        (item(0xEE, b"\x1f\x30\x39\x10\x04\x0b"), "battery", 4.1),
        (item(0xF3, b"\x00\x03\x02\x03\xe8"), "rpm", 1000),
        (item(0xF7, b"\x00\x00\x10\x68\x02\x50"), "charge", True),
        (item(0xD5, b"\x01" + b"\x11" * 5 + b"\x22" * 5 + b"\x50\x00\x20"), "lock1locked", False),
        (item(0x80, b"\x2a") + item(0x84, b"\x7a"), "coolant_temp", 82),
        (item(0xE6, b"$OBD-RT,12.4,900,,5"), "rpm", 900.0),
        (item(0xE6, b"\x02" + bytes(6) + b"\xf6\x80\x37\x00"), "humidity2", 55.0),
    ],
)
def test_an_item_under_its_name(value: bytes, key: str, expected: object) -> None:
    fix = fix_of(value)
    assert fix.attributes[key] == expected
    assert fix.unread == {}


def test_cells_and_wireless_networks() -> None:
    cell = item(0xEB, bytes.fromhex("01cc00 24990a7da0 253510261e"))
    wifi = item(0xF4, bytes.fromhex("aabbccddeeff c4"))
    fix = fix_of(cell + wifi)
    assert fix.cells[0] == {"mcc": 460, "mnc": 0, "lac": 0x2499, "cid": 0x0A7D, "rssi": 0xA0}
    assert len(fix.cells) == 2
    assert fix.wifi == ({"mac": "aa:bb:cc:dd:ee:ff", "rssi": -60},)


@pytest.mark.parametrize("words", [b"1e9999", b"   nan", b"   inf", b"1_0_00", b"\xef\xbc\x97123"])
def test_a_text_that_is_no_number_is_kept_as_it_is(words: bytes) -> None:
    fix = fix_of(item(0xEB, b"\x00\x08\x00\x23" + words[:6].ljust(6)))
    assert "fuel2" not in fix.attributes
    assert "0xEB" in fix.unread
    assert "rpm" not in fix_of(item(0xE6, b"$OBD-RT,12.4," + words)).attributes


def test_an_unknown_item_is_kept_and_a_broken_one_costs_nothing() -> None:
    fix = fix_of(item(0x99, b"\x01\x02") + item(0x01, b"\x01") + item(0x31, b"\x09") + b"\x30\x08")
    assert fix.unread == {"0x99": "0102", "0x01": "01", "rest": "3008"}
    assert fix.satellites == 9
    assert any("0x01" in note for note in fix.notes)


@pytest.mark.parametrize(
    ("model", "alarms", "expected"),
    [
        ("G-360P", 1, "alarm_removing"),
        ("GL100", 1 << 16, "alarm_movement"),
        ("", 1 << 16, "alarm_tampering"),
    ],
)
def test_the_bits_of_some_models_mean_other_things(model: str, alarms: int, expected: str) -> None:
    assert fix_of(model=model, alarms=alarms).attributes["alarm"] == expected


PLATE = b"\x02" + "湘A12345".encode("gbk")
PLACE = b"\0\x2b\x03\x9d"


@pytest.mark.parametrize(
    ("version", "body", "expected"),
    [
        (None, b"MAKER" + b"M-8     " + b"ID00007", ("2011", "M-8")),
        (None, b"MAKER" + b"M-20".ljust(20, b"\0") + b"ID00007", ("2013", "M-20")),
        (1, b"MAKER".ljust(11) + b"M-30".ljust(30, b"\0") + b"ID7".ljust(30), ("2019", "M-30")),
    ],
)
def test_registrations_of_three_editions(
    version: int | None, body: bytes, expected: tuple[str, str]
) -> None:
    fields = decode(frame(0x0100, PLACE + body + PLATE, version=version)).fields
    assert (fields["edition"], fields["model"]) == expected
    assert (fields["plate"], fields["plate_colour"]) == ("湘A12345", "yellow")
    assert (fields["province"], fields["city"]) == (43, 925)


def test_authentication_of_both_forms() -> None:
    assert decode(frame(0x0102, b"code")).fields == {"code": "code"}
    body = b"\x04code" + b"867567041100769" + b"v1.2.3".ljust(20, b"\0")
    fields = decode(frame(0x0102, body, version=1)).fields
    assert fields == {"code": "code", "imei": "867567041100769", "software": "v1.2.3"}


def test_the_header_of_2019_has_twenty_digits() -> None:
    terminal = decode(frame(0x0002, version=1)).terminal
    assert (terminal.id, terminal.edition, terminal.version) == (PHONE.lstrip("0"), "2019", 1)


def test_a_phone_that_is_no_number_is_an_imei() -> None:
    digits = "86547807007425"
    phone = f"{int(digits):012x}"
    terminal = decode(frame(0x0002, phone=phone)).terminal
    assert terminal.is_imei
    assert terminal.id == digits + str(luhn(digits)) == "865478070074259"


def test_a_batch_of_late_reports() -> None:
    one = report(at=AT)
    body = b"\0\2\1" + 2 * (struct.pack(">H", len(one)) + one)
    decoded = decode(frame(0x0704, body))
    assert [fix.is_late_report for fix in decoded.fixes] == [True, True]
    assert decoded.fields == {"count": 2, "kind": "late"}


def test_a_padlock_between_other_marks() -> None:
    body = (
        bytes.fromhex("231126233005")  # 23 November 2026, 23:30:05 UTC
        + bytes.fromhex("29216000")  # 29 degrees 21.6000 minutes
        + bytes.fromhex("1122400007")  # 112 degrees 24.0000 minutes, flags 7
        + bytes([0x45, 45, 31, 12])
        + struct.pack(">IBIHBHH", 100, 90, 5, 6, 3, 0x20, 4)
        + item(0x0B, b"\x03" + b"123456" + b"\x65")
    )
    head = struct.pack(">HH", 0x5501, len(body)) + bytes.fromhex(PHONE) + b"\x09"
    (fix,) = decode(escape(head + body)).fixes
    assert (fix.lon, fix.lat) == (112.4, 29.36)
    assert (fix.speed_kmh, fix.heading_deg, fix.time) == (45.0, 90.0, "2026-11-23T23:30:05Z")
    assert (fix.datum, fix.datum_by) == (None, "nothing")
    assert fix.attributes["unlockresult"] == 0x65
    assert fix.attributes["alarm"] == "alarm_vibration"


def test_a_frame_between_e7_has_a_phone_of_fourteen_digits() -> None:
    body = report(at=AT)
    head = struct.pack(">HH", 0x0200, len(body)) + bytes.fromhex("00013900001111") + b"\0\1"
    decoded = decode(escape(head + body, 0xE7))
    assert decoded.terminal.id == "13900001111"
    assert decoded.fixes[0].lat == 29.36


def test_lines_of_every_shape_and_parts_joined_at_the_last() -> None:
    reader = LineReader()
    heart = frame(0x0002).hex()
    for line in (heart, f'"{heart}"', f'{{"hex":"{heart}"}}', f'{{"frame":"{heart}","id":7}}'):
        answer = reader.answer(line.encode())
        assert answer["message"]["name"] == "heartbeat"
    assert answer["id"] == 7
    body = report(at=AT)
    parts = [
        frame(0x0200, body[:20], part=(2, 1), serial=5),
        frame(0x0200, body[20:], part=(2, 2), serial=6),
    ]
    first, second = (reader.answer(part.hex().encode()) for part in parts)
    assert "fixes" not in first
    assert second["fixes"][0]["lat"] == 29.36


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"zz", "not_hex"),
        (b"{}", "no_frame"),
        (b'{"hex":7}', "no_frame"),
        (b"\xff", "not_utf8"),
        (b"7" * 70_000, "oversize"),
        (b'{"hex":"7e', "not_hex"),
    ],
)
def test_a_line_that_holds_no_frame_is_refused(line: bytes, reason: str) -> None:
    answer = LineReader().answer(line)
    assert answer["refusal"]["reason"] == reason
    assert not answer["accepted"]


def test_strictly_a_wrong_checksum_reads_nothing() -> None:
    bad = bytearray(frame(0x0102, b"code"))
    bad[15] ^= 1
    loose = LineReader().answer(bad.hex().encode())
    assert not loose["accepted"] and "fields" in loose
    strict = LineReader(is_strict=True).answer(bad.hex().encode())
    assert strict["refusal"]["reason"] == "wrong_checksum" and "fields" not in strict
