"""The lifecycles that the coordinating core owns, as tables: call, incident, assignment, patient.

Pre-alert, bed, bed hold and handover belong to the hospital side and stand in `hospital_gateway`.
A table lists every legal step; everything else is refused and changes nothing. What a unit *is*
(idle, en route, ...) is derived from its readiness and its assignment, never stored.

Call. A contact rings, is claimed by exactly one dispatcher, and ends; unanswered it is abandoned.

Incident. Open until closed. Waiting, assigned, on scene ... are derived from its assignments.

Assignment. One unit's work for one incident. The crew may skip the acknowledgement by driving off;
it may clear from the scene when nobody is carried. Cancelling is for the dispatcher and ends when a
patient is aboard: from then on only a destination ends the work. `UNDO` lists what a step may be
taken back to within the undo time.

Patient. Reported by a caller, attended by a crew, aboard, arrived, handed over; or left on the
scene. A crew's undo takes boarding and arriving back.
"""

from enum import StrEnum

from dispatch.lifecycle import Table


class CallState(StrEnum):
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"
    ABANDONED = "abandoned"


CALL: Table[CallState] = {
    CallState.RINGING: {"answer": CallState.ANSWERED, "end": CallState.ABANDONED},
    CallState.ANSWERED: {"end": CallState.ENDED},
}


class IncidentState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


INCIDENT: Table[IncidentState] = {
    IncidentState.OPEN: {"close": IncidentState.CLOSED, "cancel": IncidentState.CANCELLED},
}


class AssignmentState(StrEnum):
    NOTIFIED = "notified"
    ACKNOWLEDGED = "acknowledged"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    AT_PATIENT = "at_patient"
    TRANSPORTING = "transporting"
    AT_DESTINATION = "at_destination"
    CLEARED = "cleared"
    CANCELLED = "cancelled"


_A = AssignmentState
ASSIGNMENT: Table[AssignmentState] = {
    _A.NOTIFIED: {
        "acknowledge": _A.ACKNOWLEDGED,
        "en_route": _A.EN_ROUTE,
        "cancel": _A.CANCELLED,
    },
    _A.ACKNOWLEDGED: {"en_route": _A.EN_ROUTE, "cancel": _A.CANCELLED},
    _A.EN_ROUTE: {"on_scene": _A.ON_SCENE, "cancel": _A.CANCELLED},
    _A.ON_SCENE: {"at_patient": _A.AT_PATIENT, "cleared": _A.CLEARED, "cancel": _A.CANCELLED},
    _A.AT_PATIENT: {
        "transporting": _A.TRANSPORTING,
        "cleared": _A.CLEARED,
        "cancel": _A.CANCELLED,
    },
    _A.TRANSPORTING: {"at_destination": _A.AT_DESTINATION},
    _A.AT_DESTINATION: {"cleared": _A.CLEARED},
}

UNDO: dict[AssignmentState, frozenset[AssignmentState]] = {
    _A.EN_ROUTE: frozenset({_A.NOTIFIED, _A.ACKNOWLEDGED}),
    _A.ON_SCENE: frozenset({_A.EN_ROUTE}),
    _A.AT_PATIENT: frozenset({_A.ON_SCENE}),
    _A.TRANSPORTING: frozenset({_A.AT_PATIENT}),
    _A.AT_DESTINATION: frozenset({_A.TRANSPORTING}),
}

NEXT_STEP: dict[AssignmentState, str] = {
    _A.NOTIFIED: "acknowledged",
    _A.ACKNOWLEDGED: "en_route",
    _A.EN_ROUTE: "on_scene",
    _A.ON_SCENE: "at_patient",
    _A.AT_PATIENT: "transporting",
    _A.TRANSPORTING: "at_destination",
    _A.AT_DESTINATION: "cleared",
}

ENDED = frozenset({_A.CLEARED, _A.CANCELLED})


class PatientState(StrEnum):
    REPORTED = "reported"
    ATTENDED = "attended"
    ABOARD = "aboard"
    ARRIVED = "arrived"
    HANDED_OVER = "handed_over"
    LEFT_ON_SCENE = "left_on_scene"


_P = PatientState
PATIENT: Table[PatientState] = {
    _P.REPORTED: {"attend": _P.ATTENDED, "leave": _P.LEFT_ON_SCENE},
    _P.ATTENDED: {"board": _P.ABOARD, "leave": _P.LEFT_ON_SCENE, "unattend": _P.REPORTED},
    _P.ABOARD: {"arrive": _P.ARRIVED, "unboard": _P.ATTENDED},
    _P.ARRIVED: {"hand_over": _P.HANDED_OVER, "unarrive": _P.ABOARD},
}


class Readiness(StrEnum):
    IN_SERVICE = "in_service"
    OUT_OF_SERVICE = "out_of_service"


READINESS: Table[Readiness] = {
    Readiness.IN_SERVICE: {"take_out": Readiness.OUT_OF_SERVICE},
    Readiness.OUT_OF_SERVICE: {"return": Readiness.IN_SERVICE},
}
