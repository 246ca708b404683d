"""Beds and holds: every pair of state and happening, and when a hold runs out."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from dispatch.errors import Refused
from dispatch.lifecycle import next_state
from hospital_gateway.beds import (
    BED,
    happening_of_report,
    has_hold_run_out,
    hold_expires_at,
    tally,
)
from hospital_gateway.facilities import BedKind, BedState
from hospital_gateway.limits import MAX_BED_HOLD_S
from hospital_gateway.policy import GatewayPolicy

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
POLICY = GatewayPolicy()


@pytest.mark.parametrize(("state", "reported"), [*product(BedState, BedState)])
def test_a_report_from_the_bedside_is_believed_unless_the_bed_is_held(state, reported):
    if state is BedState.HELD or reported is BedState.HELD:
        with pytest.raises(Refused) as caught:
            happening_of_report(state, reported)
        assert caught.value.code == ("bed_held" if state is BedState.HELD else "illegal_step")
    else:
        assert next_state(BED, state, happening_of_report(state, reported)) is reported


@pytest.mark.parametrize(
    ("eta_s", "expires_s"),
    [
        (600, 600 + 1200),
        (-300, 1200),  # the ETA has passed: the patient is still expected
        (None, 3600),
        (30 * 3600, MAX_BED_HOLD_S),
        (MAX_BED_HOLD_S - 1200, MAX_BED_HOLD_S),
    ],
)
def test_a_hold_ends_twenty_minutes_after_the_eta_and_never_late(eta_s, expires_s):
    eta_at = None if eta_s is None else NOW + timedelta(seconds=eta_s)
    assert hold_expires_at(POLICY, NOW, eta_at) == NOW + timedelta(seconds=expires_s)


def test_the_instant_of_expiry_is_over():
    assert has_hold_run_out(NOW, NOW)
    assert not has_hold_run_out(NOW, NOW - timedelta(milliseconds=1))


def test_the_tally_leaves_blocked_beds_out_of_the_total():
    beds = [
        (BedKind.RESUS, BedState.FREE),
        (BedKind.RESUS, BedState.BLOCKED),
        (BedKind.RESUS, BedState.HELD),
        (BedKind.EICU, BedState.OCCUPIED),
    ]
    free, total = tally(beds)
    assert free == {BedKind.RESUS: 1, BedKind.EICU: 0}
    assert total == {BedKind.RESUS: 2, BedKind.EICU: 1}
