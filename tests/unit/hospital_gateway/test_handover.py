"""The handover: every pair of state and happening, and the offload clock."""

from datetime import UTC, datetime, timedelta

import pytest

from hospital_gateway.handover import offload
from hospital_gateway.policy import GatewayPolicy

ARRIVED = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("accepted_s", "now_s", "elapsed_s", "delay_s", "is_skewed"),
    [
        (None, 60, 60, 0, False),
        (None, 1200, 1200, 0, False),  # the standard itself is kept
        (None, 1201, 1201, 1, False),
        (900, 5000, 900, 0, False),
        (2000, 5000, 2000, 800, False),
        (-30, 5000, 0, 0, True),  # a tablet that was offline
    ],
)
def test_offload_runs_from_arrival_to_acceptance(accepted_s, now_s, elapsed_s, delay_s, is_skewed):
    accepted_at = None if accepted_s is None else ARRIVED + timedelta(seconds=accepted_s)
    found = offload(GatewayPolicy(), ARRIVED, accepted_at, ARRIVED + timedelta(seconds=now_s))
    assert (found.elapsed_s, found.delay_s) == (elapsed_s, delay_s)
    assert found.is_over_standard is (delay_s > 0)
    assert (found.is_running, found.is_skewed) == (accepted_at is None, is_skewed)
