"""Where to take a suspected stroke, in the register, with the time targets of a stroke centre.

What decides stands in `dispatch.triage.stroke`. The time a patient was found is not a field: it is
no last known well.
"""

from datetime import datetime
from typing import Final

from dispatch.errors import BadPayload
from dispatch.rules.model import (
    MEDICAL_DIRECTOR,
    Answer,
    Field,
    Note,
    Result,
    Rule,
    Table,
    Values,
    Words,
    said_everywhere,
)
from dispatch.rules.policies import Policies
from dispatch.triage import stroke
from dispatch.triage.cardiac_times import limit_text
from dispatch.triage.stroke import LastSeen, Stroke


def _evaluate(values: Values, policies: Policies) -> Result:
    if values["glucose"] is not None and values["glucose_word"] is not None:
        raise BadPayload("invalid_field", "glucose: give either a number or the meter's word")
    found = stroke.decide(
        Stroke(
            is_suspected=values["suspected"],
            lvo=values["lvo"],
            last_known_well_h=_since_h(values),
            is_lysis_contraindicated=values["lysis_contraindicated"],
            evt_drive_min=values["evt_min"],
            county_drive_min=values["county_min"],
            glucose_mmol_per_l=values["glucose"],
            glucose_word=values["glucose_word"],
            is_airway_failing=values["airway_failing"],
            gcs=values["gcs"],
        ),
        policies.clinical.stroke,
    )
    need = stroke.need_of(found)
    return {
        "decision": found.decision,
        "why": found.why,
        "window": found.window,
        "lysis_possible": found.is_lysis_possible,
        "do": list(found.do),
        "notify": list(found.notify),
        "asks": [_FIELD_OF.get(name, name) for name in found.asks],
        "requires": [] if need is None else list(need.requires),
        "may_bypass": need is not None and need.may_bypass,
        "immediate": need is not None and need.is_immediate,
        "alert": None if need is None or need.alert is None else need.alert.value,
    }


_FIELD_OF: Final = {
    "last_known_well_h": "lkw_h",
    "is_lysis_contraindicated": "lysis_contraindicated",
    "evt_drive_min": "evt_min",
    "county_drive_min": "county_min",
    "glucose_mmol_per_l": "glucose",
}


def _since_h(values: Values) -> float | None:
    """Hours since last known well, given as such or by times; unknown is None, never zero."""
    seen = LastSeen(
        last_known_well=values["last_known_well"],
        bedtime=values["bedtime"],
        woke_with_deficit=values["woke_with_deficit"],
    )
    moment = stroke.last_known_well(seen)
    if values["lkw_h"] is not None:
        if moment is not None:
            raise BadPayload("invalid_field", "lkw_h: give either hours or times, not both")
        return float(values["lkw_h"])
    at: datetime | None = values["at"]
    if moment is None:
        return None
    if at is None:
        raise BadPayload("missing_field", "at: the time of the question is needed beside a time")
    return stroke.hours_since(moment, at)


_DECISION: Final[dict[str, tuple[str, str]]] = {
    "immediate": ("送最近的急诊抢救", "Closest emergency department with resuscitation"),
    "no_stroke_pathway": ("不走卒中路径", "No stroke pathway"),
    "correct_glucose": (
        "先纠正血糖再复查，暂不发大血管闭塞预警",
        "Correct the glucose, screen again, no LVO alert",
    ),
    "nearest_stroke_centre": (
        "送最近的卒中中心，非紧急预警",
        "Nearest stroke centre, no emergency alert",
    ),
    "county_stroke_centre": ("送县卒中中心", "County stroke centre"),
    "evt_direct": ("直送取栓医院", "Straight to the thrombectomy hospital"),
}
_WHY: Final[dict[str, tuple[str, str]]] = {
    "airway_failing": ("气道无法维持", "the airway is failing"),
    "not_suspected": ("未疑卒中", "no stroke is suspected"),
    "glucose_low": ("低血糖可似卒中", "low glucose looks like stroke"),
    "glucose_high": ("高血糖可似卒中", "high glucose looks like stroke"),
    "beyond_every_window": ("超过所有时间窗", "every window has closed"),
    "last_known_well_unknown": ("最后正常时间不明", "last known well is not known"),
    "coma_airway_unknown": ("昏迷，气道情况不明", "coma, nothing said of the airway"),
    "no_lvo": ("未提示大血管闭塞", "no large-vessel occlusion suggested"),
    "lvo_unknown": ("尚未做大血管闭塞量表", "no LVO scale yet"),
    "no_lysis_to_lose": ("已不能溶栓", "there is no lysis to lose"),
    "evt_is_nearest": ("取栓医院最近", "it is no farther than the county's"),
    "evt_within_limit": (
        "车程在限内且不误溶栓",
        "the drive is under the limit and costs no lysis",
    ),
    "evt_too_far": ("取栓医院车程超限", "the thrombectomy hospital is too far"),
    "evt_drive_unknown": ("取栓医院车程不明", "the drive to thrombectomy is not known"),
    "lysis_would_be_lost": ("绕行会误溶栓", "the drive would cost the lysis"),
}


def _explain(_values: Values, result: Result) -> Words:
    decision, why = _DECISION[result["decision"]], _WHY[result["why"]]
    zh, en = [f"{decision[0]}（{why[0]}）"], [f"{decision[1]} ({why[1]})"]
    if result["notify"]:
        zh.append("同时电话通知取栓医院")
        en.append("Call the thrombectomy hospital at the same time")
    if "measure_glucose" in result["do"]:
        zh.append("测血糖")
        en.append("Measure glucose")
    elif "correct_glucose" in result["do"] and result["decision"] != "correct_glucose":
        zh.append("途中纠正血糖并复查")
        en.append("Correct the glucose on the way and screen again")
    if result["asks"]:
        zh.append(f"尚需：{', '.join(result['asks'])}")
        en.append(f"Still to be found out: {', '.join(result['asks'])}")
    return Words(zh="。".join(zh) + "。", en=". ".join(en) + ".")


_LIMITS: Final = stroke.DEFAULT_POLICY


def _minutes(name: str, meaning: str, *aliases: str) -> Field:
    return Field(
        name=name,
        kind="number",
        unit="min",
        meaning=meaning,
        aliases=aliases,
        lowest=0,
        highest=10_000,
    )


STROKE_DESTINATION: Final = Rule(
    name="stroke_destination",
    version="1",
    title_zh="卒中去向",
    title_en="Destination in stroke",
    source="AHA algorithm as tested by Venema 2020; AHA/ASA 2018-2019; LAPSS, Kidwell 2000",
    owner=MEDICAL_DIRECTOR,
    fields=(
        Field(
            name="suspected",
            kind="flag",
            meaning="stroke suspected; null counts as suspected",
            aliases=("deficits", "stroke_suspected"),
        ),
        Field(name="lvo", kind="flag", meaning="an LVO scale is positive"),
        Field(
            name="lkw_h",
            kind="number",
            unit="h",
            meaning="since last known well, never since found",
            aliases=("lkw_hours", "last_known_well_h"),
            lowest=0,
            highest=100_000,
        ),
        Field(
            name="last_known_well",
            kind="time",
            meaning="last known well, NEMSIS eSituation.18",
            aliases=("lkw",),
        ),
        Field(name="bedtime", kind="time", meaning="went to bed well"),
        Field(
            name="woke_with_deficit",
            kind="flag",
            meaning="wake-up stroke: last known well is bedtime",
            aliases=("wake_up",),
        ),
        Field(name="at", kind="time", meaning="time of the question", aliases=("now",)),
        Field(name="lysis_contraindicated", kind="flag", meaning="lysis is contraindicated"),
        _minutes("evt_min", "whole drive to the thrombectomy hospital", "evt_drive_min"),
        _minutes("county_min", "drive to the nearest that can lyse", "lysis_min", "county"),
        Field(
            name="glucose",
            kind="number",
            unit="mmol/L",
            meaning="blood glucose; a number above 60 is another unit and is refused",
            aliases=("glucose_mmol_per_l", "glucose_mmol"),
            lowest=0.3,
            highest=60,
        ),
        Field(
            name="glucose_word",
            kind="choice",
            choices=("LOW", "HIGH"),
            words={"lo": "LOW", "hi": "HIGH"},
            meaning="what a meter shows instead of a number",
        ),
        Field(
            name="airway_failing",
            kind="flag",
            meaning="the airway cannot be kept; null: nothing was said",
        ),
        Field(name="gcs", kind="integer", meaning="Glasgow Coma Scale", lowest=3, highest=15),
    ),
    answers=(
        Answer(name="decision", meaning=", ".join(_DECISION)),
        Answer(name="why", meaning="what decided"),
        Answer(name="window", meaning="lysis, evt, evt_selected, outside, unknown"),
        Answer(name="lysis_possible", meaning="false once too late or contraindicated, or null"),
        Answer(name="do", meaning="what to do now"),
        Answer(name="notify", meaning="who is told beside the receiving place"),
        Answer(name="asks", meaning="unknown facts that could still change the answer"),
        Answer(name="requires", meaning="capabilities the receiving place must have"),
        Answer(name="may_bypass", meaning="whether a nearer hospital may be passed"),
        Answer(name="immediate", meaning="closest resuscitation (R0)"),
        Answer(name="alert", meaning="colour of the pre-alert that follows from it alone"),
    ),
    decide=_evaluate,
    say=said_everywhere(_explain),
    tables=(
        Table(
            title="Windows and limits",
            header=("limit", "value"),
            rows=(
                ("lysis after last known well", f"<= {_LIMITS.lysis_window_h:g} h"),
                ("thrombectomy", f"<= {_LIMITS.evt_window_h:g} h"),
                ("thrombectomy, selected", f"<= {_LIMITS.evt_selected_window_h:g} h"),
                ("whole drive past the county", f"< {_LIMITS.evt_drive_limit_min:g} min"),
                ("door to needle, allowed for", f"{_LIMITS.door_to_needle_min:g} min"),
                (
                    "glucose mimic",
                    f"< {_LIMITS.glucose_mimic_below_mmol_per_l:g} or "
                    f"> {_LIMITS.glucose_mimic_above_mmol_per_l:g} mmol/L",
                ),
                ("glucose corrected", f"< {_LIMITS.glucose_correct_below_mmol_per_l:g} mmol/L"),
                ("coma", f"GCS <= {_LIMITS.coma_gcs}"),
            ),
            mark="POLICY",
        ),
        Table(
            title="Time targets of a stroke centre",
            header=("interval", "target", "source"),
            rows=tuple((one.interval, limit_text(one), one.source) for one in stroke.TARGETS),
        ),
    ),
    notes=(
        Note(
            mark="GK",
            text="Thrombectomy windows; RACECAT 2022: bypass is of no benefit outside towns; door "
            "to CT, and door in to door out",
        ),
        Note(
            mark="POLICY",
            text="Drip and ship is the default; lysis counts as lost when the drive and "
            f"{_LIMITS.door_to_needle_min:g} min door to needle end beyond its window; unknown "
            "last known well goes to the county",
        ),
        Note(
            mark="POLICY",
            text=f"Glucose below {_LIMITS.glucose_mimic_below_mmol_per_l:g} mmol/L stops the "
            f"alert, below {_LIMITS.glucose_correct_below_mmol_per_l:g} it is corrected on the "
            "way; a meter's word counts as beyond the limit",
        ),
        Note(
            mark="POLICY",
            text=f"GCS {_LIMITS.coma_gcs} or less with nothing said of the airway passes no "
            "hospital and asks",
        ),
    ),
)
