"""The live plane as documents: positions, vital signs and ETAs, newest wins, never in the log.

Keeps the newest of each unit and renders it for those whom `views` allows. An ETA is computed when
a fix arrives, when the target changes and when a road is closed or opened; the rule is
`dispatch.live.eta`, which replay uses too.
"""

from collections.abc import Iterator
from datetime import datetime

from dispatch.domain import documents as d
from dispatch.domain.views import Audience, inbound_of_unit, sees_unit
from dispatch.domain.world import World
from dispatch.live.bus import Live
from dispatch.live.eta import Target, eta_of, target_of
from dispatch.live.journeys import Journeys
from maps.coordinates import Wgs84
from telemetry.ports import LivePosition, LiveVitals


class LivePlane:
    """The newest live values of every unit of the county."""

    def __init__(self, travel: Journeys) -> None:
        self._travel = travel
        self.vitals: dict[str, LiveVitals] = {}
        self.positions: dict[str, LivePosition] = {}
        self.etas: dict[str, d.Eta] = {}
        self._targets: dict[str, Target] = {}

    def take(self, world: World, live: Live, now: datetime) -> None:
        """Keep a newer value."""
        if isinstance(live, LiveVitals):
            self.vitals[live.unit_id] = live
            return
        self.positions[live.unit_id] = live
        self.refresh_eta(world, live.unit_id, now)

    def refresh_eta(self, world: World, unit_id: str, now: datetime) -> None:
        """Compute where the unit drives to and when it is there, if it drives anywhere."""
        target = target_of(world, unit_id)
        position = self.positions.get(unit_id)
        if target is None or position is None:
            self.etas.pop(unit_id, None)
            self._targets.pop(unit_id, None)
            return
        place = Wgs84(lon=position.lon, lat=position.lat)
        travel = self._travel.at(world.closures, now, target.priority)
        self.etas[unit_id] = eta_of(travel, target, place, position.at, now)
        self._targets[unit_id] = target

    def is_aim_old(self, world: World, unit_id: str) -> bool:
        """Whether the unit's ETA is for another place or another priority than the world says."""
        return unit_id in self._targets and target_of(world, unit_id) != self._targets[unit_id]

    def documents(self, world: World, audience: Audience, unit_id: str) -> Iterator[d.Doc]:
        """What this audience may see of this unit's live values."""
        if sees_unit(audience, unit_id):
            if unit_id in self.positions:
                yield self._position(unit_id)
            if unit_id in self.vitals:
                yield vitals_doc(self.vitals[unit_id])
        elif audience.kind == "facility":
            yield from self._for_facility(world, audience.scope, unit_id)

    def _for_facility(self, world: World, facility_id: str, unit_id: str) -> Iterator[d.Doc]:
        inbound = inbound_of_unit(world, facility_id, unit_id)
        vitals = self.vitals.get(unit_id)
        if vitals is not None and vitals.patient_id in inbound:
            yield vitals_doc(vitals)
        eta = self.etas.get(unit_id)
        if eta is not None and eta.target == "hospital" and eta.target_id == facility_id:
            for patient_id in inbound:
                yield d.EtaDoc(id=patient_id, facility_id=facility_id, unit_id=unit_id, eta=eta)

    def _position(self, unit_id: str) -> d.PositionDoc:
        fix = self.positions[unit_id]
        return d.PositionDoc(
            id=unit_id,
            lon=fix.lon,
            lat=fix.lat,
            heading_deg=fix.heading_deg,
            speed_kmh=fix.speed_kmh,
            fixed_at=fix.at,
            received_at=fix.received_at,
            doubtful=fix.doubtful,
            eta=self.etas.get(unit_id),
        )


def vitals_doc(live: LiveVitals) -> d.VitalsDoc:
    """The document of one unit's vital signs."""
    return d.VitalsDoc(
        id=live.unit_id,
        patient_id=live.patient_id,
        values={
            code: d.Numeric(value=v.value, unit=v.unit, at=v.at, state=v.state)
            for code, v in live.values.items()
        },
        score=d.ScoreView(
            total=live.score.total,
            lower_bound=live.score.lower_bound,
            missing=list(live.score.missing),
            parts={str(part): points for part, points in live.score.parts.items()},
            is_any_red=live.score.is_any_red,
            not_applicable=live.score.not_applicable,
        ),
        level=live.level,
        is_level_held=live.is_level_held,
        acvpu=live.acvpu,
        on_oxygen=live.on_oxygen,
        feed=live.feed,
        feed_since=live.feed_since,
        last_sample_at=live.last_sample_at,
        source=live.source,
        recording=live.recording,
        gaps=live.gaps,
        clock_skew_s=live.clock_skew_s,
        monitor=live.monitor,
    )
