"""The names of things, one type each, so that a unit can never be passed where a bed was meant.

A leaf: it imports nothing of Greenlane and every package may use it (docs/adr/0002).
"""

from typing import NewType

CountyId = NewType("CountyId", str)
CommandId = NewType("CommandId", str)  # a UUID chosen by the client; the key of idempotency
CallId = NewType("CallId", str)
IncidentId = NewType("IncidentId", str)  # "I-2041"
PatientId = NewType("PatientId", str)  # "I-2041.P1"
AssignmentId = NewType("AssignmentId", str)  # "I-2041.A1"
UnitId = NewType("UnitId", str)  # "N07"; what people read is the call sign
DeviceId = NewType("DeviceId", str)
StationId = NewType("StationId", str)
FacilityId = NewType("FacilityId", str)
CentreId = NewType("CentreId", str)  # "chest_pain"; the list is data
BedId = NewType("BedId", str)
PreAlertId = NewType("PreAlertId", str)  # "I-2041.P1.A1"
ClosureId = NewType("ClosureId", str)  # chosen by the screen that draws it
BedHoldId = NewType("BedHoldId", str)  # "I-2041.P1.B1"
SubjectId = NewType("SubjectId", str)  # a row of the identity store: a person or a place
UserId = NewType("UserId", str)
