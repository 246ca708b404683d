"""From a destination case as written to the values of the engine. Pure.

A case may say as little as an id and minutes with a kind; what a kind is taken to have stands in
`hospital_gateway.capabilities`. What nobody said is unknown: beds are then neither free nor none, a
drive without minutes cannot be ranked, and a pathway that wants a stable patient does not pass the
nearest place.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

import msgspec
from msgspec.structs import replace

from dispatch.errors import BadPayload
from dispatch.ids import CentreId, FacilityId
from dispatch.rules.destination_fields import (
    CAPABILITY,
    FACILITY_FIELDS,
    IDENTITY,
    IMMEDIATE,
    LEVELS,
    ORIGIN_FIELDS,
    SITUATION,
)
from dispatch.rules.model import Field, Values
from dispatch.rules.policies import Policies
from dispatch.rules.read import read_value
from dispatch.triage.case import case_from
from dispatch.triage.need import Need, Pathway, combine
from hospital_gateway.advice import Travel
from hospital_gateway.bypass import may_bypass
from hospital_gateway.capabilities import NAMES, TYPICAL
from hospital_gateway.destination import Candidate, Case
from hospital_gateway.facilities import BedKind, Capacity, Centre, Facility, Traffic
from hospital_gateway.policy import GatewayPolicy
from hospital_gateway.transfer import Origin
from telemetry.scores.news2 import EMERGENCY_FROM

_LIMIT: Final = Field(name="limit", kind="integer", meaning="minutes", lowest=0, highest=1_440)
_SECONDS: Final = Field(name="number", kind="integer", meaning="a number", lowest=0, highest=86_400)
_POLICY_NUMBERS: Final = tuple(
    each.name for each in msgspec.structs.fields(GatewayPolicy) if each.type is int
)


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """A case as the engine takes it; ``unplaced`` are facilities without a known drive.

    ``flags`` say what was not known or not counted.
    """

    case: Case
    candidates: tuple[Candidate, ...]
    centres: tuple[Centre, ...]
    policy: GatewayPolicy
    unplaced: tuple[str, ...]
    flags: tuple[str, ...]


def read_destination(values: Values, county: Policies) -> Read:
    """The case of ``values``, whose own numbers go before those of ``county``.

    Raises BadPayload naming the place.
    """
    policy = _policy(values["policy"] or {}, county.gateway)
    centres = _centres(values["limits"] or {}, county.centres)
    flags: list[str] = []
    case = _case(values, policy, centres, flags)
    candidates: list[Candidate] = []
    unplaced: list[str] = []
    for number, raw in enumerate(values["facilities"]):
        facility, capacity, duration_s = _facility(
            raw, f"facilities[{number}]", case, policy, centres
        )
        known = (*unplaced, *(each.facility.facility_id for each in candidates))
        if facility.facility_id in known:
            raise BadPayload("invalid_field", f"facilities: {facility.facility_id!r} stands twice")
        if duration_s is None:
            unplaced.append(facility.facility_id)
            continue
        travel = Travel(duration_s=duration_s, distance_m=0, method="given")
        candidates.append(Candidate(facility=facility, capacity=capacity, travel=travel))
    if unplaced:
        flags.append("travel_unknown")
    return Read(
        case=case,
        candidates=tuple(candidates),
        centres=centres,
        policy=policy,
        unplaced=tuple(unplaced),
        flags=tuple(flags),
    )


def _case(
    values: Values, policy: GatewayPolicy, centres: Sequence[Centre], flags: list[str]
) -> Case:
    words = _situations(values)
    pathways = tuple(dict.fromkeys(_pathway(word) for word in words))
    wanted: tuple[Pathway, ...] = tuple(each for each in get_args(Pathway) if each in pathways)
    is_allowed = may_bypass(policy, wanted, _is_stable(values))
    if is_allowed is None:
        flags.append("stability_unknown")
    needs = combine(
        [Need(pathway=each, decision="given", may_bypass=is_allowed is True) for each in wanted],
        centres,
    )
    refuses = _refuses(values, flags)
    news2, age, weeks = values["news2"], values["age"], values["weeks"]
    known = Case(
        is_immediate=any(word in IMMEDIATE for word in words)
        or any(values[name] for name in ("immediate", "arrest", "airway_lost", "bleeding")),
        is_pregnant=values["pregnant"] is True,
        gestation_weeks=None if weeks is None else int(weeks),
        age_years=None if age is None else int(age),
        wants_eicu=values["wants_eicu"] is True or (news2 is not None and news2 >= EMERGENCY_FROM),
        may_bypass=values["may_bypass"] is not False and "trauma_yellow" not in words,
        since_contact_s=_seconds(values["since_contact_min"] or 0),
        requires=_capabilities(values["requires"], "requires"),
        prefers=_capabilities(values["prefers"], "prefers"),
        patient_choice=values["patient_choice"],
        own_facility=values["own_hospital"],
        refuses=refuses,
        refuses_centre=values["refuses_centre"] is True and values["competent"] is not False,
        origin=_origin(values["origin"]),
        is_position_stale=values["position_stale"] is True,
    )
    return case_from(needs, known)


def _situations(values: Values) -> tuple[str, ...]:
    several = values["pathways"] or []
    words = [read_value(SITUATION, each) for each in several]
    words.extend([values["pathway"]] if values["pathway"] else [])
    if values["traumatic"]:
        words.append("trauma")
    return tuple(words)


def _pathway(word: str) -> str:
    return {"trauma_yellow": "trauma", "traumatic_arrest": "trauma"}.get(word, word)


def _is_stable(values: Values) -> bool | None:
    said = [values[name] for name in ("stable", "airway_safe") if values[name] is not None]
    return all(said) if said else None


def _refuses(values: Values, flags: list[str]) -> tuple[FacilityId, ...]:
    named = tuple(FacilityId(read_value(IDENTITY, each)) for each in values["refuses"] or [])
    if not named and not values["refuses_centre"]:
        return ()
    if values["competent"] is False:
        flags.append("refusal_without_capacity")
        return ()
    if values["competent"] is None:
        flags.append("confirm_capacity")
    return named


def _origin(raw: dict[str, Any] | None) -> Origin | None:
    if raw is None:
        return None
    row = read_row(ORIGIN_FIELDS, raw, "origin")
    dido_min = row["dido_min"]
    return Origin(
        facility_id=FacilityId(row["id"]),
        kind=row["kind"] or row["id"],
        is_back_transfer=row["back_transfer"] is True,
        elapsed_s=None if dido_min is None else _seconds(dido_min),
    )


def read_row(
    fields: Sequence[Field], raw: Any, where: str, others: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """The values of a table inside a case; raises BadPayload for what it does not know."""
    if not isinstance(raw, dict):
        raise BadPayload("invalid_field", f"{where}: a table is expected")
    names = {name: field for field in fields for name in (field.name, *field.aliases)}
    row: dict[str, Any] = {field.name: None for field in fields}
    for name, value in raw.items():
        if name not in names:
            if name in others:
                continue
            raise BadPayload("invalid_field", f"{where}.{name[:40]}: not a field of it")
        field = names[name]
        if row[field.name] is not None:
            raise BadPayload("invalid_field", f"{where}.{field.name}: given twice")
        row[field.name] = None if value is None else _read(field, value, where)
    for field in fields:
        if field.is_required and row[field.name] is None:
            raise BadPayload("missing_field", f"{where}.{field.name} is needed")
    return row


def _read(field: Field, value: Any, where: str) -> Any:
    try:
        return read_value(field, value)
    except BadPayload as error:
        raise BadPayload(error.reason, f"{where}.{error.detail}") from error


def _facility(
    raw: Any, where: str, case: Case, policy: GatewayPolicy, centres: Sequence[Centre]
) -> tuple[Facility, Capacity, int | None]:
    row = read_row(FACILITY_FIELDS, raw, where, NAMES)
    kind = row["kind"] or (row["id"] if row["id"] in TYPICAL else "")
    has, lacks = _offer(row, raw, where, kind)
    status = row["status"] or "normal"
    facility = Facility(
        facility_id=FacilityId(row["id"]),
        name_zh=row["id"],
        name_en=row["id"],
        kind=kind,
        lon=0.0,
        lat=0.0,
        phone="",
        capabilities=has,
        centres=_runs(row["centres"] or [], where, centres),
        is_lead=row["lead"] is True,
    )
    beds = {BedKind.RESUS: row["resus_free"], BedKind.EICU: row["eicu_free"]}
    capacity = Capacity(
        traffic=Traffic.NORMAL if status == "disaster" else Traffic(status),
        traffic_reason=row["reason"] or "",
        is_internal_disaster=row["internal_disaster"] is True or status == "disaster",
        free={bed: free for bed, free in beds.items() if free is not None},
        inbound=row["inbound"] or 0,
        unavailable=lacks,
        unknown_beds=frozenset(bed for bed, free in beds.items() if free is None),
    )
    return facility, capacity, _duration_s(row, where, case, policy)


def _offer(
    row: Mapping[str, Any], raw: Mapping[str, Any], where: str, kind: str
) -> tuple[frozenset[str], frozenset[str]]:
    """What a facility has, and what of it is out of order now."""
    flags = {name: raw[name] for name in raw if name in NAMES}
    if any(not isinstance(value, bool) and value is not None for value in flags.values()):
        raise BadPayload("invalid_field", f"{where}: a capability is true, false or null")
    graded = {
        f"{name}_{LEVELS.get(level, level)}"
        for name, level in (("trauma_level", row["trauma_level"]), ("nicu", row["nicu_level"]))
        if level is not None
    }
    if not kind and row["capabilities"] is None and not flags and not graded:
        raise BadPayload("missing_field", f"{where}: kind or capabilities are needed")
    lacks = {name for name, value in flags.items() if value is not True}
    lacks.update(_capabilities(row["unavailable"], f"{where}.unavailable"))
    named = _capabilities(row["capabilities"], f"{where}.capabilities")
    has = {*TYPICAL.get(kind, ()), *named, *graded, *(n for n, v in flags.items() if v is True)}
    return frozenset(has), frozenset(lacks)


def _runs(words: Sequence[Any], where: str, centres: Sequence[Centre]) -> tuple[CentreId, ...]:
    pathways = {_pathway(_read(SITUATION, word, f"{where}.centres")) for word in words}
    return tuple(centre.centre_id for centre in centres if pathways.intersection(centre.serves))


def _duration_s(
    row: Mapping[str, Any], where: str, case: Case, policy: GatewayPolicy
) -> int | None:
    minutes, t_pci_min = row["minutes"], row["t_pci_min"]
    if minutes is not None and t_pci_min is not None:
        raise BadPayload("invalid_field", f"{where}: minutes or t_pci_min, not both")
    if t_pci_min is not None:
        return max(0, _seconds(t_pci_min) - case.since_contact_s - policy.door_to_wire_s)
    return None if minutes is None else _seconds(minutes)


def _capabilities(words: Sequence[Any] | None, where: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_read(CAPABILITY, word, where) for word in words or ()))


def _policy(raw: Mapping[str, Any], county: GatewayPolicy) -> GatewayPolicy:
    for name in raw:
        if name not in _POLICY_NUMBERS:
            known = ", ".join(_POLICY_NUMBERS)
            raise BadPayload("invalid_field", f"policy: expected {known}, got {name[:40]!r}")
    changed = {name: _read(_SECONDS, value, f"policy.{name}") for name, value in raw.items()}
    return replace(county, **changed)


def _centres(raw: Mapping[str, Any], of_county: Sequence[Centre]) -> tuple[Centre, ...]:
    limits = {
        _pathway(_read(SITUATION, name, "limits")): _read(_LIMIT, value, f"limits.{name[:40]}")
        for name, value in raw.items()
    }
    changed = []
    for centre in of_county:
        given = [limits[each] for each in centre.serves if each in limits]
        changed.append(replace(centre, bypass_limit_min=min(given)) if given else centre)
    return tuple(changed)


def _seconds(minutes: float) -> int:
    return round(minutes * 60)
