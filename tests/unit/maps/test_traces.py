"""Files of traces: what is read, what is left out by name, and what is refused with its line."""

import gzip
import io
from itertools import pairwise

import pytest

from dispatch.errors import BadPayload
from maps.coordinates import Datum, Wgs84, from_wgs84
from maps.distance import haversine_m
from maps.limits import MAX_TRACE_LINE_BYTES
from maps.matching.trace import Trace, read_traces

HERE = Wgs84(lon=112.4, lat=29.3)


def read(text: str | bytes, datum: Datum = "WGS84") -> list[Trace]:
    return read_traces(io.BytesIO(text.encode() if isinstance(text, str) else text), datum=datum)


def test_traces_of_a_file_with_empty_times() -> None:
    text = "TrackID,Latitude,Longitude,Time\n7,52.18,12.92,\n9,52.5,13.4,\n7,52.19,12.93,\n"
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode(), gzip.compress(text.encode()),
                 text.replace("\n", "\r\n").encode()):  # fmt: skip
        seven, nine = read(data)
        assert (seven.track, nine.track) == ("7", "9")
        assert [fix.place for fix in seven.fixes] == [
            Wgs84(lon=12.92, lat=52.18), Wgs84(lon=12.93, lat=52.19)
        ]  # fmt: skip
        assert [fix.at_s for fix in seven.fixes] == [None, None]
        assert seven.lines == (2, 4)


def test_other_spellings_times_and_motion() -> None:
    text = (
        "time,lon,lat,course,speed_kmh,accuracy_m\n"
        "2026-11-23T01:00:05Z,112.4,29.3,90,40,5\n"
        "2026-11-23T09:00:00+08:00,112.39,29.3,,,\n"
        "2026-11-23T01:00:05Z,112.41,29.3,,,\n"
        "1795395610000,112.42,29.3,,,\n"
    )
    (trace,) = read(text)
    assert [fix.place.lon for fix in trace.fixes] == [112.39, 112.4, 112.42]
    seconds = [fix.at_s for fix in trace.fixes]
    assert [b - a for a, b in pairwise(seconds)] == [5.0, 5.0]  # type: ignore[operator]
    assert (trace.reordered, trace.repeated) == (1, 1)
    middle = trace.fixes[1]
    assert (middle.heading_deg, middle.speed_kmh, middle.accuracy_m) == (90, 40, 5)


def test_rows_that_are_no_place_are_left_out_and_named() -> None:
    (trace,) = read("lat,lon\n29.3,112.4\n0,0\n112.4,29.3\n29.31,112.4\n\n")
    assert len(trace.fixes) == 2
    assert [one.line for one in trace.lost] == [3, 4]
    assert "swapped" in trace.lost[1].reason


def test_the_datum_of_a_file_is_converted_when_it_is_told() -> None:
    shifted = from_wgs84(HERE, "GCJ02")
    (trace,) = read(f"lat,lon\n{shifted.lat!r},{shifted.lon!r}\n", "GCJ02")
    assert haversine_m(trace.fixes[0].place, HERE) < 0.01


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "line 1: no column lat and lon"),
        (b"a,b\n1,2\n", "line 1: no column lat and lon"),
        (b"lat,speed\n1,2\n", "line 1: no column lon"),
        (b"lat,lon\n", "line 2: there is no fix"),
        (b"lat,lon\n29.3,112.4\nhere,112.4\n", "line 3: lat 'here' is no number"),
        (b"lat,lon\n29.3\n", "line 2: no longitude"),
        (b"lat,lon\n,112.4\n", "line 2: no latitude"),
        (b"lat,lon\nnan,112.4\n", "line 2: lat 'nan' is not finite"),
        (b"lat,lon,time\n29,112,teatime\n", "line 2: time 'teatime' is neither"),
        (b"lat,lon,time\n29,112,inf\n", "line 2: time 'inf' is not finite"),
        (b"lat,lon\n\xff\xfe,1\n", "UTF-8"),
        (gzip.compress(b"lat,lon\n" + b"29.3,112.4\n" * 9_000)[:60], "gzip"),
        (b"lat,lon\n" + b"1" * (MAX_TRACE_LINE_BYTES + 2), "line 2: longer than"),
    ],
)
def test_a_file_that_is_no_trace_says_where(text: bytes, words: str) -> None:
    with pytest.raises(BadPayload, match="trace") as bad:
        read(text)
    assert words in bad.value.detail
