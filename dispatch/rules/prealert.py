"""The colour of a pre-alert and the clock of a transfer, in the register.

Both are decided in `hospital_gateway` (`prealert`, `transfer`). A colour is always given, since an
alert cannot wait; ``decided`` says whether anything that was not told could still make it graver.
"""

from datetime import timedelta
from typing import Any, Final

from dispatch.errors import BadPayload
from dispatch.ids import CentreId
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
from hospital_gateway.policy import GatewayPolicy
from hospital_gateway.prealert import GRAVITY, Colour, Signs, colour, colour_signs
from hospital_gateway.transfer import Stamps, dido
from telemetry.scores.news2 import EMERGENCY_FROM, URGENT_FROM

_DEFAULTS: Final = GatewayPolicy()

_SIGNS_ZH: Final = {
    "immediate": "立即抢救（R0）",
    "priority_p1": "现场 P1",
    "news2": "NEWS2",
    "unresponsive": "仅对疼痛有反应或无反应",
    "npews": "NPEWS",
    "mewc": "孕产妇预警触发",
    "pathway": "专科路径确认",
    "centre_suspected": "疑似专科病情",
    "emergency_unscored": "P2，生命体征尚未评分",
}
_SIGNS_EN: Final = {
    "immediate": "R0",
    "priority_p1": "P1 on scene",
    "news2": "NEWS2",
    "unresponsive": "responds to pain only, or to nothing",
    "npews": "NPEWS",
    "mewc": "maternal criteria triggered",
    "pathway": "confirmed by a pathway",
    "centre_suspected": "a centre is suspected",
    "emergency_unscored": "P2 with vital signs not scored",
}
_COLOURS_ZH: Final = {"red": "红色", "yellow": "黄色", "green": "绿色"}


def _level(values: Values) -> str:
    """The level said, or that of the NEWS2 points said; the graver one where both are."""
    points = values["news2"]
    said = values["level"] or "unknown"
    if points is None:
        return "urgent_ward" if values["single_3"] and said in ("unknown", "none", "low") else said
    if points >= EMERGENCY_FROM or said == "emergency":
        return "emergency"
    if points >= URGENT_FROM or values["single_3"] or said in ("urgent", "urgent_ward"):
        return "urgent"
    return "low" if points else "none"


def _alert(values: Values, policy: GatewayPolicy) -> Colour | None:
    """What the pathways ask for: STEMI, stroke by last known well, field triage of trauma."""
    lkw_h = values["lkw_h"]
    is_recent = lkw_h is None or lkw_h <= policy.stroke_red_within_h
    said = {"red": Colour.RED, "yellow": Colour.YELLOW}.get(values["trauma"])
    found = [
        Colour.RED if values["stemi"] else None,
        (Colour.RED if is_recent else Colour.GREEN) if values["stroke"] else None,
        said,
        Colour(values["alert"]) if values["alert"] else None,
    ]
    told = [each for each in found if each is not None]
    return max(told, key=GRAVITY.index) if told else None


def _evaluate_colour(values: Values, policies: Policies) -> Result:
    policy = policies.gateway
    signs = Signs(
        priority=values["priority"] or "",
        level=_level(values),
        centres=(CentreId("trauma"),) if values["trauma"] == "indeterminate" else (),
        is_immediate=values["immediate"] is True,
        acvpu=values["acvpu"],
        alert=_alert(values, policy),
        npews=values["npews"],
        is_mewc_triggered=values["mewc_trigger"] is True,
    )
    found = colour(policy, signs)
    is_scored = any(values[name] is not None for name in ("news2", "level", "npews"))
    missing = [name for name in ("priority", "acvpu", "immediate") if values[name] is None]
    missing.extend([] if is_scored else ["news2"])
    return {
        "colour": found.value,
        "because": [code for grade, code in colour_signs(policy, signs) if grade is found],
        "decided": found is Colour.RED or not missing,
        "missing": [] if found is Colour.RED else missing,
    }


def _explain_colour(_values: Values, result: Result) -> Words:
    because, missing = result["because"], ", ".join(result["missing"])
    zh = f"预警{_COLOURS_ZH[result['colour']]}"
    en = f"Pre-alert {result['colour']}"
    return Words(
        zh=zh + (f"：{'、'.join(_SIGNS_ZH[code] for code in because)}" if because else "")
        + (f"。尚不知：{missing}，可能更重。" if missing else "。"),
        en=en + (f": {', '.join(_SIGNS_EN[code] for code in because)}" if because else "")
        + (f". Not known: {missing}; it may be graver." if missing else "."),
    )  # fmt: skip


def _flag(name: str, meaning: str, *aliases: str) -> Field:
    return Field(name=name, kind="flag", meaning=meaning, aliases=aliases)


PREALERT_COLOUR: Final = Rule(
    name="prealert_colour",
    version="1",
    title_zh="院前预警颜色",
    title_en="Colour of a pre-alert",
    source="local policy over NEWS2 (Royal College of Physicians, 2017), NPEWS (NHS England, 2023),"
    " MEWC (Mhyre 2014) and the 2021 national guideline for the field triage of injured patients",
    owner=MEDICAL_DIRECTOR,
    fields=(
        _flag("immediate", "R0: arrest, airway or bleeding beyond the crew", "is_immediate", "r0"),
        Field(name="priority", kind="choice", choices=("P1", "P2", "P3", "P4"),
              meaning="priority on scene"),
        Field(name="level", kind="choice", aliases=("news2_level",), meaning="answer of NEWS2",
              choices=("emergency", "urgent", "urgent_ward", "low", "none", "unknown")),
        Field(name="news2", kind="integer", meaning="NEWS2 points known", lowest=0, highest=20),
        _flag("single_3", "a single parameter of NEWS2 at 3", "news2_red", "red"),
        Field(name="npews", kind="integer", meaning="NPEWS points known", lowest=0, highest=30),
        Field(name="acvpu", kind="choice", choices=("A", "C", "V", "P", "U"), aliases=("avpu",),
              meaning="alert, new confusion, voice, pain, unresponsive"),
        _flag("mewc_trigger", "maternal early warning criteria triggered", "mewc"),
        _flag("stemi", "STEMI criteria met"),
        _flag("stroke", "stroke suspected"),
        Field(name="lkw_h", kind="number", unit="h", meaning="since last known well",
              aliases=("onset_h",), lowest=0, highest=10_000),
        Field(name="trauma", kind="choice", choices=("red", "yellow", "none", "indeterminate"),
              meaning="field triage of trauma"),
        Field(name="alert", kind="choice", choices=("red", "yellow", "green"),
              meaning="what a pathway asks for"),
    ),
    answers=(
        Answer(name="colour", meaning="red, yellow or green"),
        Answer(name="because", meaning="the signs that ask for this colour"),
        Answer(name="decided", meaning="false: what is missing could make it graver"),
        Answer(name="missing", meaning="what was not told and could matter"),
    ),
    decide=_evaluate_colour,
    say=said_everywhere(_explain_colour),
    tables=(
        Table(
            title="Numbers",
            header=("sign", "yellow", "red"),
            rows=(
                ("NEWS2", f"{URGENT_FROM}, or a single 3", f"{EMERGENCY_FROM}"),
                ("NPEWS", f"{_DEFAULTS.npews_yellow_from}", f"{_DEFAULTS.npews_red_from}"),
                ("last known well", "", f"up to {_DEFAULTS.stroke_red_within_h} h, or unknown"),
            ),
            mark="POLICY",
        ),
    ),
    notes=(
        Note(mark="POLICY", text="the colours and what asks for them"),
        Note(mark="POLICY", text="trauma not decided counts as a suspected centre: yellow"),
    ),
)  # fmt: skip


def _evaluate_clock(values: Values, policies: Policies) -> Result:
    stamps = Stamps(
        arrived_at=values["door_in"],
        sent_at=values["sender_decided"],
        accepted_at=values["receiver_accepted"],
        left_at=values["door_out"],
    )
    now = values["at"] or values["door_out"]
    if now is None:
        raise BadPayload("missing_field", "at: the time of asking is needed until door_out is")
    found = dido(policies.gateway, stamps, now, values["centre"])
    return {
        "elapsed_s": found.elapsed_s,
        "stage": found.stage,
        "running": found.is_running,
        "waits_for": found.waits_for,
        "standard_s": found.standard_s,
        "over_standard": found.is_over_standard,
        "skewed": found.is_skewed,
    }


_STAGES_ZH: Final = {"none": "在时限内", "warning": "需要关注", "alarm": "超时报警"}
_STAGES_EN: Final = {"none": "in time", "warning": "warning", "alarm": "alarm"}
_WAITS_ZH: Final = {
    "sender": "等待转出医院决定",
    "receiver": "等待接收医院同意",
    "departure": "等待出发",
    "nothing": "已出发",
}
_WAITS_EN: Final = {
    "sender": "waiting for the sender's decision",
    "receiver": "waiting for the receiver",
    "departure": "waiting for the departure",
    "nothing": "departed",
}


def _explain_clock(_values: Values, result: Result) -> Words:
    elapsed = str(timedelta(seconds=result["elapsed_s"]))
    stage, waits = result["stage"], result["waits_for"]
    return Words(
        zh=f"转出停留 {elapsed}：{_STAGES_ZH[stage]}，{_WAITS_ZH[waits]}。",
        en=f"Door in to door out {elapsed}: {_STAGES_EN[stage]}, {_WAITS_EN[waits]}.",
    )


def _stamp(name: str, meaning: str, *aliases: str, **more: Any) -> Field:
    return Field(name=name, kind="time", meaning=meaning, aliases=aliases, **more)


TRANSFER_CLOCK: Final = Rule(
    name="transfer_clock",
    version="1",
    title_zh="转诊时钟（DIDO）",
    title_en="Clock of a transfer, door in to door out",
    source="local policy after rural township transfers of Kunshan, 2025",
    owner=MEDICAL_DIRECTOR,
    fields=(
        _stamp("door_in", "arrival at the sending place", "arrived_at", is_required=True),
        _stamp("sender_decided", "the sender asked for the transfer", "sent_at"),
        _stamp("receiver_accepted", "the receiver accepted", "accepted_at"),
        _stamp("door_out", "departure", "left_at"),
        _stamp("at", "when the question is asked", "now"),
        Field(name="centre", kind="text", meaning="the centre whose standard counts"),
    ),
    answers=(
        Answer(name="elapsed_s", meaning="seconds so far"),
        Answer(name="stage", meaning="none, warning, alarm"),
        Answer(name="running", meaning="whether the patient is still there"),
        Answer(name="waits_for", meaning="sender, receiver, departure or nothing"),
        Answer(name="standard_s", meaning="the centre's own standard; null when it has none"),
        Answer(name="over_standard", meaning="whether it is exceeded; null without one"),
        Answer(name="skewed", meaning="clocks ran backwards: counted as no time, not in figures"),
    ),
    decide=_evaluate_clock,
    say=said_everywhere(_explain_clock),
    tables=(
        Table(
            title="Limits",
            header=("what", "seconds"),
            rows=(
                ("warning from", str(_DEFAULTS.dido_warning_s)),
                ("alarm from", str(_DEFAULTS.dido_alarm_s)),
                *((f"standard, {name}", str(s)) for name, s in _DEFAULTS.dido_standard_s.items()),
            ),
            mark="POLICY",
        ),
    ),
    notes=(
        Note(mark="POLICY", text="told at 20 and at 30 min"),
        Note(mark="GK", text="standards: chest pain 30 min, stroke 90 min"),
    ),
)
