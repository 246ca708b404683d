"""ACVPU and oxygen of one unit's patient: what was entered on the monitor, and what the crew told.

The newer of the two counts, for ten minutes (POLICY). Pure.
"""

from datetime import datetime

import msgspec

from telemetry.codes import SPOT_SCORED_S
from telemetry.contract import Acvpu, Vitals
from telemetry.ports import PatientContext


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """What was last entered on the monitor, and when it was true."""

    acvpu: Acvpu | None = None
    acvpu_at: datetime | None = None
    on_oxygen: bool | None = None
    on_oxygen_at: datetime | None = None

    def take(self, message: Vitals, at: datetime) -> "Entered":
        """With what a message that is not late says."""
        taken = self
        if message.acvpu is not None:
            taken = msgspec.structs.replace(taken, acvpu=message.acvpu, acvpu_at=at)
        if message.oxygen is not None:
            taken = msgspec.structs.replace(taken, on_oxygen=message.oxygen.on, on_oxygen_at=at)
        return taken

    def observations(
        self, context: PatientContext, now: datetime
    ) -> tuple[Acvpu | None, bool | None]:
        """(ACVPU, on oxygen): of the monitor's and the crew's entry the newer usable one."""
        told_at = context.observed_at
        is_told_usable = told_at is None or (now - told_at).total_seconds() <= SPOT_SCORED_S
        acvpu = context.acvpu if is_told_usable else None
        on_oxygen = context.on_oxygen if is_told_usable else None
        if _wins(self.acvpu_at, now, None if acvpu is None else told_at):
            acvpu = self.acvpu
        if _wins(self.on_oxygen_at, now, None if on_oxygen is None else told_at):
            on_oxygen = self.on_oxygen
        return acvpu, on_oxygen


def _wins(entered_at: datetime | None, now: datetime, told_at: datetime | None) -> bool:
    """Whether the monitor's entry is usable and newer than what the crew told."""
    if entered_at is None or (now - entered_at).total_seconds() > SPOT_SCORED_S:
        return False
    return told_at is None or entered_at > told_at
