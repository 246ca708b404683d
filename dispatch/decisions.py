"""Telemetry's decisions become commands; a repetition is refused by the core and is no trouble."""

from collections.abc import Awaitable, Callable

from dispatch.domain import commands as c
from dispatch.errors import Refused
from dispatch.ids import CommandId
from dispatch.recorder import Recorder
from telemetry.ports import AlarmChanged, Decision, EcgArrived, FeedLost, TriageLevelChanged
from telemetry.scores import news2

ECG_WORD_CHARS_MAX = 40  # `ecg_commands.Word`
INGEST = c.Actor(role="ingest", name="")


def decision_sink(recorder: Recorder) -> Callable[[Decision], Awaitable[None]]:
    """The function ingest calls; raises ``Refused`` (drop it) or ``Unavailable`` (try again)."""

    async def submit(decision: Decision) -> None:
        outcome = await recorder.submit(command_of(decision), INGEST)
        if outcome.outcome == "refused":
            raise Refused(outcome.code, **outcome.params)

    return submit


def command_of(decision: Decision) -> c.Command:
    """The command of a decision; its id names the decision, so that a retry is the same one."""
    kind = type(decision).__name__
    at = decision.at.timestamp()
    command_id = CommandId(f"{kind}:{decision.patient_id}:{at:.3f}"[:64])
    if isinstance(decision, TriageLevelChanged):
        return c.ReportTriageLevel(
            command_id=command_id,
            unit_id=decision.unit_id,
            patient_id=decision.patient_id,
            level=decision.level,
            total=decision.score.total,
            lower_bound=decision.score.lower_bound,
            missing=decision.score.missing,
            parts={str(part): points for part, points in decision.score.parts.items()},
            at=decision.at,
            rule=f"news2/{news2.VERSION}",
        )
    if isinstance(decision, AlarmChanged):
        alarm = decision.change.alarm
        told = f"{alarm.raised_at.timestamp():.3f}:{decision.change.change}:{alarm.key}"
        return c.ReportVitalAlarm(
            command_id=CommandId(f"{told}:{decision.patient_id}"[:64]),
            unit_id=decision.unit_id,
            patient_id=decision.patient_id,
            change=decision.change.change,
            alarm=alarm,
        )
    if isinstance(decision, EcgArrived):
        return _report_ecg(decision)
    if isinstance(decision, FeedLost):
        return c.ReportFeedLost(
            command_id=command_id,
            unit_id=decision.unit_id,
            patient_id=decision.patient_id,
            last_sample_at=decision.last_sample_at,
        )
    return c.ReportFeedRestored(
        command_id=command_id,
        unit_id=decision.unit_id,
        patient_id=decision.patient_id,
        at=decision.at,
    )


def _report_ecg(decision: EcgArrived) -> c.ReportEcg:
    """The same file told again has the same id, and so the same outcome."""
    seen = decision.glance
    return c.ReportEcg(
        command_id=CommandId(f"ecg:{decision.ecg_id}:{decision.sha256}"[:64]),
        unit_id=decision.unit_id,
        patient_id=decision.patient_id,
        ecg_id=decision.ecg_id,
        sha256=decision.sha256,
        at=decision.at,
        source=decision.source,
        format=seen.format[:ECG_WORD_CHARS_MAX],
        leads=seen.leads,
        hz=seen.hz,
        duration_s=seen.duration_s,
        has_statements=seen.has_statements,
        acquired=seen.acquired[:ECG_WORD_CHARS_MAX],
        fault=seen.fault[:ECG_WORD_CHARS_MAX],
    )
