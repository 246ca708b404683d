"""Builders for tests of destination choice: centres, facilities at so many minutes, asking."""

from dispatch.ids import CentreId, FacilityId
from hospital_gateway.advice import Travel, as_text
from hospital_gateway.destination import Advice, Candidate, Case, Choice, choose
from hospital_gateway.facilities import BedKind, Capacity, Centre, Facility
from hospital_gateway.policy import GatewayPolicy

POLICY = GatewayPolicy()
BEDS = {BedKind.RESUS: 2, BedKind.EICU: 2}
ED = ("ed_24h", "resus")
COUNTY = (*ED, "ct_24h", "lysis_stemi", "ppci", "lysis_stroke", "trauma_level_3", "or_24h", "blood")
CITY = (*COUNTY, "evt", "trauma_level_2", "nicu_3", "burn", "hyperbaric", "ob_emergency")


def _centre(centre_id, needs_all, needs_any, bypass_to, limit_min, **more) -> Centre:
    return Centre(
        centre_id=CentreId(centre_id),
        name_zh=centre_id,
        name_en=centre_id,
        short_zh=centre_id,
        short_en=centre_id,
        icon="x",
        colour="#000000",
        requires_all=needs_all,
        requires_any=needs_any,
        bypass_to=bypass_to,
        bypass_limit_min=limit_min,
        **more,
    )


CENTRES = (
    _centre("chest_pain", ED, ("ppci", "lysis_stemi"), ("ppci",), 120,
            bypass_limit_counts="fmc_to_wire"),
    _centre("stroke", (*ED, "ct_24h"), ("lysis_stroke", "evt"), ("evt",), 30,
            is_bypass_limit_inclusive=False),
    _centre("trauma", (*ED, "or_24h", "blood"), ("trauma_level_2", "trauma_level_3"),
            ("trauma_level_1", "trauma_level_2"), 45),
    _centre("burns", ED, (), ("burn",), 60),
    _centre("poisoning", ED, (), ("hyperbaric",), 60),
    _centre("bare", (), (), (), 60),
)  # fmt: skip


def at(
    facility_id: str,
    minutes: float,
    capabilities=COUNTY,
    *,
    centres=(),
    is_lead=False,
    method="road",
    kind="hospital",
    **capacity,
) -> Candidate:
    facility = Facility(
        facility_id=FacilityId(facility_id),
        name_zh=facility_id,
        name_en=facility_id,
        kind=kind,
        lon=112.4,
        lat=29.4,
        phone="",
        capabilities=frozenset(capabilities),
        centres=tuple(CentreId(each) for each in centres),
        is_lead=is_lead,
    )
    travel = Travel(duration_s=int(minutes * 60), distance_m=int(minutes * 800), method=method)
    load = Capacity(**{"free": BEDS, "total": BEDS, **capacity})
    return Candidate(facility=facility, capacity=load, travel=travel)


def ask(case: Case, *candidates: Candidate) -> Advice:
    return choose(case, candidates, CENTRES, POLICY)


def ids(advice: Advice) -> list[str]:
    return [option.facility_id for option in advice.options]


def texts(option: Choice) -> list[str]:
    return [as_text(each) for each in (*option.reasons, *option.costs)]
