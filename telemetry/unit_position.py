"""One unit's fixes: what is stored of each, what is shown, and which drive is compared with roads.

Pure. Which fix is believed is `telemetry.position`; the rest of a unit is `telemetry.unit`.
"""

import msgspec

from dispatch.ids import UnitId
from telemetry.contract import Datum, Position
from telemetry.ports import DatumOpinion, Drive, LivePosition, WrongDatum
from telemetry.position import Box, Fix, PositionTracker
from telemetry.rows import FixRow, Stamp
from telemetry.window import Placed


class UnitPosition:
    """The position of one unit; its size does not grow."""

    def __init__(self, unit_id: UnitId, box: Box) -> None:
        self._unit_id = unit_id
        self._tracker = PositionTracker(box)
        self._good: LivePosition | None = None

    def accept(
        self, stamp: Stamp, message: Position, placed: Placed
    ) -> tuple[FixRow, LivePosition | None]:
        """A fix that came: its row, and what is shown from now on where that is news."""
        if placed.is_duplicate:
            fix, is_newest = self._tracker.view(message, placed.at_s), False
        else:
            fix, is_newest = self._tracker.judge(message, placed.at_s)
        row = _row(stamp, message, fix)
        if is_newest:
            self._good = self._shown(stamp, message, fix, placed)
            return row, self._good
        if self._good is None or placed.is_late or placed.is_duplicate or fix.doubtful is None:
            return row, None
        return row, msgspec.structs.replace(self._good, doubtful=fix.doubtful)

    def due_drive(self, now_s: float) -> Drive | None:
        """A drive to be compared with the roads now; each is given once."""
        return self._tracker.due_drive(now_s)

    def hear(self, declared: Datum, opinion: DatumOpinion) -> bool:
        """What the roads say of a drive, told with each fix from the next one on; is it news?"""
        return opinion.is_known and self._tracker.suspect(declared, opinion.suspected)

    def _shown(self, stamp: Stamp, message: Position, fix: Fix, placed: Placed) -> LivePosition:
        suspected = fix.suspected_datum
        return LivePosition(
            unit_id=self._unit_id,
            lon=fix.lon,
            lat=fix.lat,
            heading_deg=message.heading_deg,
            speed_kmh=message.speed_kmh,
            accuracy_m=message.accuracy_m,
            at=placed.at,
            observed_at=stamp.observed_at,
            received_at=stamp.received_at,
            doubtful=None,
            wrong_datum=(
                None
                if suspected is None
                else WrongDatum(declared=message.datum, suspected=suspected)
            ),
        )


def _row(stamp: Stamp, message: Position, fix: Fix) -> FixRow:
    return FixRow(
        stamp=stamp,
        lon=fix.lon,
        lat=fix.lat,
        sent_lon=message.lon,
        sent_lat=message.lat,
        datum=message.datum,
        speed_kmh=message.speed_kmh,
        heading_deg=message.heading_deg,
        accuracy_m=message.accuracy_m,
        doubtful=fix.doubtful or (None if fix.suspected_datum is None else "datum"),
    )
