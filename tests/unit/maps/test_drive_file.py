"""Recorded drives from a CSV file: what is read, and how a wrong file is named."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from maps.coordinates import Wgs84
from maps.network.drive_file import DriveRows, read_drives

HEAD = "started_at,arrived_at,from_lon,from_lat,to_lon,to_lat,priority"
ROW = "2026-03-01T08:00,2026-03-01T08:10,112.40,29.30,112.45,29.35,P1"
ZONE = ZoneInfo("Asia/Shanghai")


def read(*lines: str, datum: str = "WGS84") -> DriveRows:
    text = "\n".join(lines) + "\n"
    return read_drives(io.BytesIO(text.encode()), datum=datum, zone=ZONE)  # type: ignore[arg-type]


def test_a_row_is_a_drive_in_the_county_s_own_time() -> None:
    (drive,) = read(HEAD, ROW).drives
    assert drive.started_at.astimezone(UTC) == datetime(2026, 3, 1, tzinfo=UTC)
    assert drive.observed_s == 600
    assert drive.origin == Wgs84(lon=112.40, lat=29.30)
    assert (drive.priority, drive.leg, drive.driven_m) == ("P1", "", None)


def test_columns_go_by_name_and_others_are_left_alone() -> None:
    head = "unit, To_Lat ,to_lon,from_lat,from_lon,driven_s,started_at,leg,driven_m,longest_stop_s"
    row = "N01,29.35,112.45,29.30,112.40,600,2026-03-01T08:00:00+00:00,to_hospital,8100,12.5"
    (drive,) = read("\ufeff" + head, row, "", " , , ,,,,,,,").drives
    assert drive.observed_s == 600 and drive.destination == Wgs84(lon=112.45, lat=29.35)
    assert (drive.leg, drive.driven_m, drive.longest_stop_s) == ("to_hospital", 8100, 12.5)


def test_a_place_that_is_none_is_left_out_by_its_line() -> None:
    swapped = ROW.replace("112.40,29.30", "29.30,112.40")
    nowhere = ROW.replace("112.45,29.35", "0,0")
    found = read(HEAD, swapped, ROW, nowhere)
    assert found.lost == (2, 4) and len(found.drives) == 1


def test_the_datum_is_part_of_a_place() -> None:
    (drive,) = read(HEAD, ROW, datum="GCJ02").drives
    assert 300 < abs(drive.origin.lon - 112.40) * 111_195 * 0.87 < 700


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((), "line 1: no column started_at"),
        ((HEAD,), "line 2: there is no drive"),
        ((HEAD.replace("from_lon", "x"), ROW), "line 1: no column from_lon; expected such as"),
        ((HEAD.replace("arrived_at", "x"), ROW), r"no column arrived_at \(or driven_s\)"),
        ((HEAD.replace("priority", "to_lat"), ROW), "line 1: the column to_lat stands twice"),
        ((HEAD, ROW, ROW + ",9"), "line 3: 8 cells under 7 columns"),
        ((HEAD, ROW.replace("112.40", "east")), "line 2: from_lon 'east' is no number"),
        ((HEAD, ROW.replace("112.40", "")), "line 2: no from_lon"),
        ((HEAD, ROW.replace("112.40", "inf")), "from_lon 'inf' is beyond reason"),
        ((HEAD, ROW.replace("2026-03-01T08:00", "8 am")), "started_at '8 am' is no time"),
        ((HEAD, ROW.replace("2026-03-01T08:00", "0001-01-01")), "is no year of recorded drives"),
        ((HEAD, ROW.replace("2026-03-01T08:10", "")), "line 2: no driven_s"),
        ((HEAD, ROW.replace("P1", "urgent")), "priority 'urgent' is none of P1, P2, P3, P4"),
        ((HEAD, ROW + "x" * 3000), "line 2: longer than 2000 bytes"),
        ((HEAD, '"' + ROW), "no CSV file"),
    ],
)
def test_a_file_that_is_wrong_is_named_with_its_line(lines: tuple[str, ...], said: str) -> None:
    with pytest.raises(BadPayload, match=said):
        read(*lines)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(BadPayload, match="no CSV file in UTF-8"):
        read_drives(io.BytesIO(HEAD.encode() + b"\n\xff\xfe\n"), datum="WGS84", zone=ZONE)


@given(st.binary(max_size=300))
def test_whatever_a_file_holds_it_is_read_or_refused(raw: bytes) -> None:
    file = io.BytesIO(HEAD.encode() + b"\n" + raw)
    try:
        found = read_drives(file, datum="WGS84", zone=ZONE)
    except BadPayload as error:
        assert error.detail
    else:
        assert found.drives or found.lost
