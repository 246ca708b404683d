"""The line at a hospital's door counts everybody who is on the way, each once."""

import pytest

from dispatch.ids import FacilityId, PatientId
from dispatch.recommend.load import Bays, Inbound, counted, wait_s

H, OTHER = FacilityId("H"), FacilityId("O")


def coming(*arrivals: float, to: FacilityId = H) -> list[Inbound]:
    return [
        Inbound(patient_id=PatientId(f"{to}.P{nth}"), facility_id=to, eta_s=eta_s)
        for nth, eta_s in enumerate(arrivals)
    ]


ONE = Bays(facility_id=H, bays=1, offload_s=900.0)


@pytest.mark.parametrize(
    ("arrivals", "eta_s", "wait"),
    [
        ((), 600.0, 0.0),
        ((600.0,), 600.0, 900.0),
        ((600.1,), 600.0, 0.0),
        ((0.0, 100.0), 600.0, 1200.0),
        ((0.0,), 900.0, 0.0),
    ],
)
def test_who_is_there_before_is_served_before(
    arrivals: tuple[float, ...], eta_s: float, wait: float
) -> None:
    assert wait_s(ONE, coming(*arrivals), eta_s) == pytest.approx(wait)


def test_boarding_patients_hold_their_bays_for_what_is_left() -> None:
    held = Bays(facility_id=H, bays=2, left_s=(500.0, 800.0), offload_s=900.0)
    assert wait_s(held, [], 100.0) == 400.0
    assert wait_s(held, coming(50.0), 100.0) == 700.0
    full = Bays(facility_id=H, bays=1, left_s=(500.0, 800.0), offload_s=900.0)
    assert wait_s(full, [], 100.0) == 1200.0


def test_patients_of_other_hospitals_are_not_in_this_line() -> None:
    assert wait_s(ONE, coming(0.0, 0.0, to=OTHER), 100.0) == 0.0


def test_two_units_told_of_one_door_do_not_both_find_it_empty() -> None:
    first, second = coming(600.0, 660.0)
    assert wait_s(ONE, [], first.eta_s) == 0.0
    assert wait_s(ONE, [first], second.eta_s) == 840.0


def test_every_inbound_patient_counts_exactly_once() -> None:
    everybody = [*coming(1.0, 2.0), *coming(3.0, to=OTHER)]
    assert counted(everybody) == {H: 2, OTHER: 1}
    twice = [*coming(1.0), *coming(9.0)]
    with pytest.raises(ValueError, match=r"inbound more than once: H\.P0"):
        counted(twice)
    with pytest.raises(ValueError, match="more than once"):
        wait_s(ONE, twice, 5.0)


@pytest.mark.parametrize(
    ("bays", "left", "offload"), [(0, (), 1.0), (1, (-1.0,), 1.0), (1, (), 0.0)]
)
def test_a_place_has_bays_and_times(bays: int, left: tuple[float, ...], offload: float) -> None:
    with pytest.raises(ValueError, match="H: at least one bay"):
        Bays(facility_id=H, bays=bays, left_s=left, offload_s=offload)
