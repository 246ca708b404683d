"""What the roads in use say of a drive: the answer to telemetry's port `judge_datum`.

Takes some tens of milliseconds and keeps ways in memory, so it has journeys of its own
(`Journeys.apart`) and is called in a thread, one drive at a time. Which drives are compared and
what follows from it is telemetry's; how, `maps.matching.datum`.
"""

from dispatch.live.journeys import Journeys
from maps.matching.datum import DatumPolicy, judge_datum
from telemetry.ports import DatumOpinion, Drive

_UNKNOWN = DatumOpinion(suspected=None, is_known=False)


class DatumJudge:
    """Compares drives with the map in force; without one nothing is known."""

    def __init__(self, travel: Journeys, policy: DatumPolicy | None = None) -> None:
        self._travel = travel
        self._policy = policy or DatumPolicy()

    def __call__(self, drive: Drive) -> DatumOpinion:
        """An opinion; a drive off the roads in every datum clears no suspicion and raises none."""
        model = self._travel.model()
        if model is None:
            return _UNKNOWN
        verdict = judge_datum(model, drive.pairs, drive.declared, self._policy)
        fits = verdict.on_road_declared >= self._policy.on_road
        is_known = verdict.suspected is not None or fits
        return DatumOpinion(suspected=verdict.suspected, is_known=is_known)
