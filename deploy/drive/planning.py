"""What a crew does next: a table from the job as the tablet shows it to one act. Pure.

The crew keeps no plan of its own: the job document says how far it is, so a crew goes on where it
was after a restart, after a refusal, and after a human pressed the button instead.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import msgspec

Doc = Mapping[str, Any]
Between = tuple[float, float]

# Seconds of the county's day that each step takes a crew (habit, not policy); --speed shortens
# them. Only the acknowledgement is in wall seconds, since the server's deadline for it is (30 s).
ACKNOWLEDGE_WALL_S: Final[Between] = (4.0, 12.0)
TURNOUT_S: Final[Between] = (40.0, 110.0)
TO_PATIENT_S: Final[Between] = (40.0, 120.0)
ASSESS_S: Final[Between] = (60.0, 120.0)
CHOOSE_S: Final[Between] = (60.0, 150.0)
ANNOUNCE_S: Final[Between] = (10.0, 30.0)
LOAD_S: Final[Between] = (180.0, 420.0)
OFFER_S: Final[Between] = (60.0, 150.0)
CLEAR_S: Final[Between] = (120.0, 300.0)

_NEXT_STEP: Final = {
    "acknowledged": ("en_route", TURNOUT_S),
    "on_scene": ("at_patient", TO_PATIENT_S),
}
FINISHED: Final = frozenset({"cleared", "cancelled"})
CARING: Final = frozenset({"at_patient", "transporting", "at_destination"})


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do: ``what`` names it, ``after_s`` are seconds of the day before it.

    ``patient_id`` and ``facility_id`` say whom and where to, ``step`` the next status.
    """

    what: str
    after_s: Between = (0.0, 0.0)
    is_wall_time: bool = False
    step: str = ""
    patient_id: str = ""
    facility_id: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """The act's name as a chore."""
        return (self.what, self.step, self.patient_id, self.facility_id)


WAIT: Final = Act(what="wait")


class Announced(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the crew's pre-alerts.

    ``rejected``: (patient, facility) pairs turned down; ``ended``: pre-alerts that no longer stand.
    """

    rejected: frozenset[tuple[str, str]] = frozenset()
    ended: frozenset[str] = frozenset()


def announced(prealerts: Iterable[Doc]) -> Announced:
    """Read it from the pre-alert documents in the crew's view."""
    ended = [one for one in prealerts if one["state"] in ("rejected", "stood_down")]
    return Announced(
        rejected=frozenset(
            (one["patient_id"], one["facility_id"]) for one in ended if one["state"] == "rejected"
        ),
        ended=frozenset(one["id"] for one in ended),
    )


def next_act(job: Doc, unit_id: str, past: Announced) -> Act:
    """The crew's next act for ``job``, knowing what became of its pre-alerts."""
    state = job["assignment"]["state"]
    if state == "notified":
        return Act(what="acknowledge", after_s=ACKNOWLEDGE_WALL_S, is_wall_time=True)
    if state == "en_route":
        return Act(what="drive_to_scene", step="on_scene")
    if state in _NEXT_STEP:
        step, after_s = _NEXT_STEP[state]
        return Act(what="advance", step=step, after_s=after_s)
    if state in CARING:
        return _caring(state, own_patients(job, unit_id), past)
    return WAIT


def own_patients(job: Doc, unit_id: str) -> list[Doc]:
    """The patients of the job that this crew cares for."""
    return [
        patient
        for patient in job["patients"]
        if patient["unit_id"] in (None, unit_id) and patient["state"] != "left_on_scene"
    ]


def _caring(state: str, patients: list[Doc], past: Announced) -> Act:
    if not patients:
        return Act(what="advance", step="cleared", after_s=CLEAR_S)
    if state == "at_destination":
        return _handing_over(patients)
    for patient in patients:
        act = _preparing(patient, past)
        if act is not None:
            return act
    if state == "at_patient":
        return Act(what="advance", step="transporting", after_s=LOAD_S)
    return Act(
        what="drive_to_hospital",
        step="at_destination",
        facility_id=str(patients[0]["facility_id"]),
    )


def _preparing(patient: Doc, past: Announced) -> Act | None:
    """What is still to do before this patient can go: assess, choose, announce."""
    patient_id, facility_id = patient["patient_id"], patient["facility_id"]
    if patient["acvpu"] is None:
        return Act(what="assess", patient_id=patient_id, after_s=ASSESS_S)
    if facility_id is None or (patient_id, facility_id) in past.rejected:
        return Act(what="choose", patient_id=patient_id, after_s=CHOOSE_S)
    if patient["prealert_id"] is None or patient["prealert_id"] in past.ended:
        return Act(
            what="announce", patient_id=patient_id, facility_id=facility_id, after_s=ANNOUNCE_S
        )
    return None


def _handing_over(patients: list[Doc]) -> Act:
    for patient in patients:
        if patient["handover"] == "none":
            return Act(what="offer", patient_id=patient["patient_id"], after_s=OFFER_S)
    if all(patient["handover"] == "accepted" for patient in patients):
        return Act(what="advance", step="cleared", after_s=CLEAR_S)
    return WAIT


def first_destination(advice: Doc, excluding: Collection[str]) -> str | None:
    """The best facility that passes its gate and has not turned the patient down."""
    for option in advice["options"]:
        if option["passes"] and option["facility_id"] not in excluding:
            return str(option["facility_id"])
    return None


def unit_to_send(advice: Doc, played: Collection[str]) -> tuple[str, str] | None:
    """The unit to send and the reason when it is not the first recommended; None: nobody.

    ``played`` are the units this drive plays; an empty collection means that all units will do.
    With no capable unit idle the nearest one goes first: somebody is better than nobody.
    """
    options = advice["options"]
    ours = [one for one in options if not played or one["unit_id"] in played]
    capable = [one for one in ours if one["is_capable"]]
    if capable:
        is_first = capable[0] is options[0]
        return str(capable[0]["unit_id"]), "" if is_first else "演练中由该车组出动"
    if ours:
        return str(ours[0]["unit_id"]), "没有能力齐全的空闲车，先派最近车到场"
    return None
