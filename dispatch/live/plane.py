"""The live plane as documents: positions, vital signs and ETAs, newest wins, never in the log.

Keeps the newest of each unit and renders it for those whom `views` allows. An ETA is computed when
a fix arrives, when the target changes and when a road is closed or opened; the rule is
`dispatch.live.eta`, which replay uses too. Beside the ETA stands the arrival that the fixes propose
to the crew (`dispatch.live.arrivals`), for the unit itself and the console.
"""

from collections.abc import Iterator
from datetime import datetime

from dispatch.domain import documents as d
from dispatch.domain.views import Audience, inbound_of_unit, sees_unit
from dispatch.domain.world import World
from dispatch.live.arrivals import Arrivals
from dispatch.live.eta import Course, Target, UnitFix, eta_of, target_of
from dispatch.live.journeys import Journeys
from maps.coordinates import Wgs84
from telemetry.alarms.model import Alarm
from telemetry.ports import LivePosition, LiveVitals


class LivePlane:
    """The newest live values of every unit of the county."""

    def __init__(self, travel: Journeys) -> None:
        self._travel = travel
        self.vitals: dict[str, LiveVitals] = {}
        self.positions: dict[str, LivePosition] = {}
        self.etas: dict[str, d.Eta] = {}
        self._targets: dict[str, Target] = {}
        self._courses: dict[str, tuple[str, Course]] = {}
        self._arrivals = Arrivals()

    def take(self, world: World, live: LiveVitals | LivePosition, now: datetime) -> None:
        """Keep a newer value."""
        if isinstance(live, LiveVitals):
            self.vitals[live.unit_id] = live
            return
        before = self.positions.get(live.unit_id)
        self.positions[live.unit_id] = live
        is_newer = before is None or live.at > before.at
        self._arrivals.look(world, live.unit_id, _fix(live) if is_newer else None, now)
        self.refresh_eta(world, live.unit_id, now)

    def refresh_eta(self, world: World, unit_id: str, now: datetime) -> None:
        """Compute where the unit drives to and when it is there, if it drives anywhere."""
        self._arrivals.look(world, unit_id, None, now)
        target = target_of(world, unit_id)
        position = self.positions.get(unit_id)
        if target is None or position is None:
            self._forget(world, unit_id)
            return
        place = self._course(unit_id, target).follow(_fix(position))
        travel = self._travel.at(world.closures, now, target.priority)
        self.etas[unit_id] = eta_of(travel, target, place, position.at, now)
        self._targets[unit_id] = target

    def _course(self, unit_id: str, target: Target) -> Course:
        """The unit's way on the roads in use, begun with its job."""
        model = self._travel.model()
        job, course = self._courses.get(unit_id, ("", None))
        if course is None or job != target.assignment_id or course.model is not model:
            course = Course(model)
            self._courses[unit_id] = (target.assignment_id, course)
        return course

    def _forget(self, world: World, unit_id: str) -> None:
        """It drives nowhere now; its way is kept while its job goes on."""
        self.etas.pop(unit_id, None)
        self._targets.pop(unit_id, None)
        unit = world.units.get(unit_id)  # type: ignore[call-overload]
        if unit is None or unit.assignment_id is None:
            self._courses.pop(unit_id, None)

    def followed(self) -> set[str]:
        """The units whose way on the roads is remembered: those with a job."""
        return set(self._courses)

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
        wrong = fix.wrong_datum
        return d.PositionDoc(
            id=unit_id,
            lon=fix.lon,
            lat=fix.lat,
            heading_deg=fix.heading_deg,
            speed_kmh=fix.speed_kmh,
            fixed_at=fix.at,
            received_at=fix.received_at,
            doubtful=fix.doubtful or (None if wrong is None else "datum"),
            eta=self.etas.get(unit_id),
            arrival=self._arrival(unit_id),
            wrong_datum=(
                None
                if wrong is None
                else d.WrongDatum(declared=wrong.declared, suspected=wrong.suspected)
            ),
        )

    def _arrival(self, unit_id: str) -> d.Arrival | None:
        found = self._arrivals.of(unit_id)
        if found is None:
            return None
        errand, proposal = found
        return d.Arrival(
            assignment_id=errand.assignment_id,
            step=errand.step,
            target=proposal.kind,
            target_id=proposal.target_id,
            since=proposal.since,
            distance_m=round(proposal.distance_m),
        )


def _fix(live: LivePosition) -> UnitFix:
    return UnitFix(
        place=Wgs84(lon=live.lon, lat=live.lat),
        at=live.at,
        heading_deg=live.heading_deg,
        speed_kmh=live.speed_kmh,
        accuracy_m=live.accuracy_m,
        is_datum_doubted=live.wrong_datum is not None,
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
        alarms=[_alarm(alarm) for alarm in live.alarms],
        limits=[
            d.AlarmLimit(
                quantity=one.quantity,
                side=one.side,
                value=one.value,
                is_inclusive=one.is_inclusive,
                source=one.source,
                set_by=one.set_by,
            )
            for one in live.limits
        ],
    )


def _alarm(alarm: Alarm) -> d.VitalAlarm:
    return d.VitalAlarm(
        key=alarm.key,
        priority=alarm.priority,
        quantity=alarm.quantity,
        side=alarm.side,
        limit=alarm.limit,
        source=alarm.source,
        value=alarm.value,
        raised_at=alarm.raised_at,
        ended_at=alarm.ended_at,
        is_held=alarm.is_held,
        acknowledged_by=alarm.acknowledged_by,
        acknowledged_at=alarm.acknowledged_at,
    )
