"""Months made ahead and dropped when over, unattended rows gone, old ones thinned, all counted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from dispatch.ids import DeviceId, PatientId, UnitId
from telemetry.retention import Kept, RetentionTerms, is_over, month_of, next_month, tidy
from telemetry.rows import FixRow, Stamp, StoredNumeric, VitalRow
from telemetry.store import SampleStore

NOW = datetime.now(UTC).replace(microsecond=0)
DEVICE = DeviceId("MON-07")
POLICY = RetentionTerms()


def sample(seq: int, age: timedelta, patient: str | None) -> VitalRow:
    when = NOW - age
    return VitalRow(
        stamp=stamp(seq, when),
        patient_id=None if patient is None else PatientId(patient),
        numerics={"heart_rate": StoredNumeric(value=72.0, unit="/min", quality="ok", state="ok")},
        acvpu=None,
        on_oxygen=None,
        oxygen_litres_per_min=None,
        source="device",
        recording=None,
    )


def stamp(seq: int, when: datetime) -> Stamp:
    return Stamp(
        device_id=DEVICE,
        boot_id="b00t-0001",
        seq=seq,
        unit_id=UnitId("N07"),
        observed_at=when,
        received_at=when,
        true_at=when,
        skew_ms=0,
        is_late=False,
    )


def fixes(ages: Iterator[timedelta]) -> Iterator[FixRow]:
    for seq, age in enumerate(ages, 1):
        yield FixRow(
            stamp=stamp(seq, NOW - age),
            lon=112.4,
            lat=29.3,
            sent_lon=112.4,
            sent_lat=29.3,
            datum="WGS84",
            speed_kmh=None,
            heading_deg=None,
            accuracy_m=None,
            doubtful=None,
        )


async def run(pool: Any, now: datetime, policy: RetentionTerms) -> Kept:
    async with pool.acquire() as connection:
        return await tidy(connection, now, policy)


async def test_months_are_made_ahead_and_a_second_run_has_nothing_to_do(pool: Any) -> None:
    later = next_month(NOW.replace(day=1), 5)
    first = await run(pool, later, POLICY)
    assert f"vital_sample_{next_month(later, 2):%Y_%m}" in first.made
    assert len(first.made) == 15
    assert (await run(pool, later, POLICY)).made == ()


async def test_a_month_beyond_its_term_is_dropped_and_its_rows_are_counted_as_forgotten(
    pool: Any,
) -> None:
    old = NOW - timedelta(days=500)
    await pool.execute("SELECT make_month('position_fix', $1)", old.replace(day=1).date())
    store = SampleStore(pool)
    await store.commit(list(fixes(iter([timedelta(days=500)] * 3 + [timedelta(days=1)] * 2))), {})
    done = await run(pool, NOW, POLICY)
    assert done.dropped == (f"position_fix_{old:%Y_%m}",)
    assert await pool.fetchval("SELECT count(*) FROM position_fix") == 2
    assert await pool.fetchval("SELECT count FROM device_forgotten") == 3


async def test_what_nobody_was_aboard_for_goes_and_patients_stay(pool: Any) -> None:
    store = SampleStore(pool)
    rows = [
        sample(1, timedelta(days=31), None),
        sample(2, timedelta(days=29), None),
        sample(3, timedelta(days=31), "I-1.P1"),
    ]
    await store.commit(rows, {})
    assert (await run(pool, NOW, POLICY)).deleted == 1
    left = await pool.fetch("SELECT seq FROM vital_sample ORDER BY seq")
    assert [row["seq"] for row in left] == [2, 3]


async def test_old_vital_signs_are_thinned_to_the_first_of_each_ten_seconds(
    pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("telemetry.retention.SLICE_ROWS", 7)
    store = SampleStore(pool)
    start = timedelta(days=401, seconds=(NOW - timedelta(days=401)).timestamp() % 10)
    rows = [sample(n + 1, start - timedelta(seconds=n), "I-1.P1") for n in range(60)]
    rows += [sample(n + 61, timedelta(days=399, seconds=-n), "I-1.P1") for n in range(60)]
    await store.commit(rows, {})
    assert (await run(pool, NOW, POLICY)).deleted == 54
    old = await pool.fetch("SELECT seq FROM vital_sample WHERE seq <= 60 ORDER BY seq")
    assert [row["seq"] for row in old] == [1, 11, 21, 31, 41, 51]
    assert await pool.fetchval("SELECT count(*) FROM vital_sample WHERE seq > 60") == 60
    assert (await run(pool, NOW, POLICY)).deleted == 0
    assert await pool.fetchval("SELECT count FROM device_forgotten") == 54


@pytest.mark.parametrize(
    ("name", "days", "over"),
    [
        ("waveform_block_2026_07", 90, True),  # the last of July is 115 days ago
        ("waveform_block_2026_08", 90, False),  # the first of September is 83 days ago
        ("waveform_block_2026_07", None, False),
        ("waveform_block_default", 1, False),
    ],
)
def test_a_month_is_over_when_its_last_day_is(name: str, days: int | None, over: bool) -> None:
    assert is_over(name, days, datetime(2026, 11, 23, tzinfo=UTC)) == over


def test_months_by_name() -> None:
    assert month_of("vital_sample_2026_12") == datetime(2026, 12, 1, tzinfo=UTC)
    assert next_month(datetime(2026, 11, 1, tzinfo=UTC), 14) == datetime(2028, 1, 1, tzinfo=UTC)


def test_every_table_has_a_term() -> None:
    with pytest.raises(KeyError):
        POLICY.days_of("event")
    assert msgspec.json.decode(msgspec.json.encode(POLICY), type=RetentionTerms) == POLICY
