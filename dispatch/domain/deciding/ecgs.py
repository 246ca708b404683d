"""ECGs that vehicles sent: each enters the log once, for the patient whom the unit had then.

A file may come through a dead zone after the handover, so the patient need not be cared for any
more; it is still theirs. Which patient it is was decided when it arrived, by the unit's pairing.
"""

from dispatch.domain import commands as c
from dispatch.domain import events as e
from dispatch.domain.deciding.registry import Context, decides, patient_of
from dispatch.domain.world import World
from dispatch.errors import Refused


@decides(c.ReportEcg)
def report_ecg(world: World, command: c.ReportEcg, context: Context) -> list[e.Event]:
    """Once each; a telling again after a restart changes nothing."""
    patient = patient_of(world, command.patient_id)
    if any(one.ecg_id == command.ecg_id for one in patient.ecgs):
        raise Refused("ecg_known", patient_id=patient.patient_id, ecg_id=command.ecg_id)
    return [
        e.EcgArrived(
            unit_id=command.unit_id,
            patient_id=patient.patient_id,
            ecg_id=command.ecg_id,
            sha256=command.sha256,
            at=command.at,
            source=command.source,
            format=command.format,
            leads=command.leads,
            hz=command.hz,
            duration_s=command.duration_s,
            has_statements=command.has_statements,
            acquired=command.acquired,
            fault=command.fault,
        )
    ]
