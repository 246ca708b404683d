"""Statuses that a tablet sends late, with times of their own, turn no patient's time back (I14)."""

from datetime import timedelta

from dispatch.domain import commands as c
from tests.support.desk import Desk, crew, staff


def test_an_arrival_is_never_before_the_boarding() -> None:
    desk = Desk()
    assignment_id, patient_id, _ = desk.announced("N01", "H1")
    desk.drive(assignment_id, "transporting")
    boarded_at = desk.world.patients[patient_id].boarded_at  # type: ignore[index]
    early, who = desk.now - timedelta(seconds=60), crew("N01")
    fields = {"assignment_id": assignment_id, "step": "at_destination", "occurred_at": early}
    desk.tell(c.AdvanceAssignment, who, **fields)
    assert desk.world.patients[patient_id].arrived_at == boarded_at  # type: ignore[index]
    desk.tell(c.OfferHandover, who, patient_id=patient_id, occurred_at=early)
    desk.tell(c.AcceptHandover, staff("H1"), patient_id=patient_id, occurred_at=early)
    patient = desk.world.patients[patient_id]  # type: ignore[index]
    assert patient.handover_offered_at == patient.handover_at == boarded_at
