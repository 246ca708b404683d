"""Sentences of satellite receivers: epochs, dates across midnight, no fix, broken sentences."""

import random
from datetime import UTC, datetime

import pytest

from dispatch.errors import BadPayload
from telemetry.nmea import NmeaFix, NmeaReader, position_of, read_sentence

NOW = datetime(2026, 11, 23, 4, 0, 2, tzinfo=UTC)


def nmea(body: str) -> bytes:
    total = 0
    for byte in body.encode():
        total ^= byte
    return f"${body}*{total:02X}\r\n".encode()


def gga(clock: str = "040000.00", quality: str = "1", talker: str = "GN", **more: str) -> bytes:
    place = more.get("place", "2921.6000,N,11224.0000,E")
    return nmea(f"{talker}GGA,{clock},{place},{quality},12,0.8,30.5,M,-20.0,M,,")


def rmc(clock: str = "040000.00", day: str = "231126", status: str = "A", mode: str = "A") -> bytes:
    return nmea(f"GNRMC,{clock},{status},2921.6000,N,11224.0000,E,24.3,090.0,{day},,,{mode}")


def read(*lines: bytes, now: datetime = NOW) -> list[NmeaFix]:
    reader = NmeaReader()
    fixes = [reader.feed(line, now) for line in lines] + [reader.flush(now)]
    return [fix for fix in fixes if fix is not None]


def test_an_epoch_of_several_sentences_is_one_fix() -> None:
    vtg = nmea("GNVTG,090.0,T,,M,24.3,N,45.0,K,A")
    gsa = nmea("GNGSA,A,3,01,02,03,,,,,,,,,,1.5,0.8,1.2")
    (fix,) = read(gga(), gsa, vtg, rmc())
    assert (fix.lon, fix.lat, fix.altitude_m) == (112.4, 29.36, 30.5)
    assert fix.at == datetime(2026, 11, 23, 4, tzinfo=UTC)
    assert (fix.speed_kmh, fix.heading_deg) == (pytest.approx(45.0, abs=0.01), 90.0)
    assert (fix.satellites, fix.hdop, fix.accuracy_m) == (12, 0.8, 4.0)
    assert "estimated" in fix.accuracy_by
    assert fix.valid


@pytest.mark.parametrize("talker", ["GP", "GN", "BD", "GB", "GL", "GA"])
def test_every_constellation_speaks(talker: str) -> None:
    (fix,) = read(gga(talker=talker))
    assert (fix.talkers, fix.notes) == ((talker,), ("the date is our clock's",))


def test_knots_become_kilometres_per_hour() -> None:
    (fix,) = read(rmc())
    assert fix.speed_kmh == pytest.approx(24.3 * 1.852, abs=0.001)


def test_a_fix_is_given_as_soon_as_its_epoch_is_known_to_be_whole() -> None:
    reader = NmeaReader()
    given = []
    for second in range(4):
        clock = f"0400{second:02d}.00"
        given.append([reader.feed(line, NOW) for line in (gga(clock), rmc(clock))])
    assert given[0] == [None, None]
    assert [fix is not None and fix.at.second for fix in given[1]] == [0, 1]
    for second in (2, 3):
        first, last = given[second]
        assert first is None and last is not None and last.at.second == second


def test_every_second_gives_one_fix_whatever_the_order(seed: int) -> None:
    chance = random.Random(seed)
    reader, found = NmeaReader(), []
    for second in range(30):
        clock = f"0400{second:02d}.00"
        lines = [gga(clock), rmc(clock), nmea("GNVTG,090.0,T,,M,24.3,N,45.0,K,A")]
        if chance.random() < 0.2:
            lines = lines[:2]
        found += [fix for line in lines if (fix := reader.feed(line, NOW)) is not None]
    last = reader.flush(NOW)
    found += [] if last is None else [last]
    assert [fix.at.second for fix in found] == list(range(30))


@pytest.mark.parametrize(
    "lines",
    [
        [rmc(status="V")],
        [rmc(mode="E")],
        [gga(quality="0")],
        [gga(quality="6")],
        [gga(), rmc(status="V")],
        [nmea("GPGGA,040000.00,,,,,0,00,99.9,,,,,,")],
        [nmea("GNGNS,040000.00,2921.6000,N,11224.0000,E,NNN,00,,,,,")],
        [nmea("GPGLL,2921.6000,N,11224.0000,E,040000.00,V,N")],
    ],
)
def test_without_a_fix_there_is_no_position(lines: list[bytes]) -> None:
    (fix,) = read(*lines)
    assert not fix.valid
    assert position_of(fix, "boot-0001", 1) is None


def test_gns_and_gll_alone_are_enough() -> None:
    gns = nmea("GNGNS,040000.00,2921.6000,S,11224.0000,W,ANN,08,1.0,30.5,-20.0,,")
    (fix,) = read(gns)
    assert (fix.lon, fix.lat, fix.satellites, fix.valid) == (-112.4, -29.36, 8, True)
    (fix,) = read(nmea("BDGLL,2921.6000,N,11224.0000,E,040000.00,A,A"))
    position = position_of(fix, "boot-0001", 7)
    assert position is not None
    assert (position.lon, position.datum, position.seq) == (112.4, "WGS84", 7)


def test_what_the_contract_cannot_hold_is_left_out() -> None:
    gga_of = nmea("GNGGA,040000.00,2921.6000,N,11224.0000,E,1,12,999999,30.5,M,,M,,")
    vtg = nmea("GNVTG,090.0,T,,M,,N,99999,K,A")
    (fix,) = read(gga_of, vtg)
    position = position_of(fix, "boot-0001", 1)
    assert position is not None
    assert (position.speed_kmh, position.accuracy_m) == (None, None)


def test_midnight_does_not_turn_the_day_back() -> None:
    before, after = read(
        rmc("235959.00", "231126"),
        gga("000000.00"),
        now=datetime(2026, 11, 24, 0, 0, 1, tzinfo=UTC),
    )
    assert before.at == datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)
    assert after.at == datetime(2026, 11, 24, tzinfo=UTC)


def test_the_day_of_our_clock_is_that_nearest_to_the_time_of_day() -> None:
    for now, clock, day in (
        (datetime(2026, 11, 24, 0, 0, 1, tzinfo=UTC), "235959.00", 23),
        (datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC), "000001.00", 24),
    ):
        (fix,) = read(gga(clock), now=now)
        assert fix.at.day == day


def test_a_week_counter_that_ran_over_is_put_right_and_said() -> None:
    (fix,) = read(rmc(day="090407"))  # 1024 weeks before 23 November 2026
    assert fix.at == datetime(2026, 11, 23, 4, tzinfo=UTC)
    assert fix.notes == ("1 periods of 1024 weeks added",)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "not_nmea"),
        (b"$GPGGA,040000", "not_nmea"),
        (gga()[:-4] + b"00\r\n", "wrong_checksum"),
        (b"$" + b"G" * 200, "oversize"),
        (gga("250000.00"), "bad_field"),
        (gga(place="9921.6000,N,11224.0000,E"), "bad_field"),
        (gga(place="2961.6000,N,11224.0000,E"), "bad_field"),
        (gga(place="2921.6000,X,11224.0000,E"), "bad_field"),
        (rmc(day="320126"), "bad_field"),
    ],
)
def test_a_broken_sentence_is_refused_by_name(line: bytes, reason: str) -> None:
    with pytest.raises(BadPayload) as caught:
        NmeaReader().feed(line, NOW)
    assert caught.value.reason == reason


def test_another_datum_is_refused() -> None:
    reader = NmeaReader()
    reader.feed(nmea("GPDTM,999,,0.00,N,0.00,E,0.0,W84"), NOW)
    reader.feed(nmea("GPDTM,P40,,0.00,N,0.00,E,0.0,W84"), NOW)
    reader.feed(rmc("040000.00"), NOW)
    with pytest.raises(BadPayload) as caught:
        reader.feed(rmc("040001.00"), NOW)
    assert caught.value.reason == "other_datum"


def test_sentences_of_other_kinds_are_passed_over() -> None:
    assert read_sentence(nmea("GPGSV,1,1,00")).kind == "GSV"
    assert read(nmea("GPGSV,1,1,00"), nmea("GPTXT,01,01,02,hello")) == []
