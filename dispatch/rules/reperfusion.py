"""The reperfusion decision in the register, with the time targets of a chest-pain centre.

What decides stands in `dispatch.triage.reperfusion`, targets in `dispatch.triage.cardiac_times`.
"""

from typing import Any, Final, cast

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
)
from dispatch.rules.policies import Policies
from dispatch.rules.read import read_value
from dispatch.triage import cardiac_times, reperfusion
from dispatch.triage.reperfusion import Lab, Stemi

_LIMITS: Final = reperfusion.DEFAULT_POLICY
_DRIVE: Final = Field(
    name="labs.drive_min", kind="number", unit="min", meaning="drive", lowest=0, highest=10_000
)
_OPEN: Final = Field(name="labs.open", kind="flag", meaning="open on arrival")
_LAB_ID: Final = Field(name="labs.id", kind="text", meaning="its name")


def _evaluate_reperfusion(values: Values, policies: Policies) -> Result:
    found = reperfusion.decide(
        Stemi(
            ecg=values["ecg"],
            arrest=values["arrest"],
            since_contact_min=values["since_contact_min"],
            labs=_labs(values["labs"], values["t_pci_min"]),
            onset_h=values["onset_h"],
            is_lysis_contraindicated=values["lysis_contraindicated"],
            is_in_cardiogenic_shock=values["cardiogenic_shock"],
        ),
        policies.clinical.reperfusion,
    )
    need = reperfusion.need_of(found)
    return {
        "decision": found.decision,
        "why": found.why,
        "target": found.lab_id or None,
        "t_pci_min": found.contact_to_wire_min,
        "limit_min": policies.clinical.reperfusion.contact_to_wire_limit_min,
        "activate": found.decision == "ppci",
        "do": list(found.do),
        "asks": list(found.asks),
        "clocks": [
            {"interval": name, "target": cardiac_times.limit_text(cardiac_times.BY_INTERVAL[name])}
            for name in found.clocks
        ],
        "requires": list(need.requires),
        "may_bypass": need.may_bypass,
        "immediate": need.is_immediate,
        "alert": None if need.alert is None else need.alert.value,
    }


def _labs(given: list[Any] | None, t_pci_min: float | None) -> tuple[Lab, ...] | None:
    if given is not None and t_pci_min is not None:
        raise BadPayload("invalid_field", "labs: give either labs or t_pci_min, not both")
    if t_pci_min is not None:
        return (Lab(lab_id="", is_open=True, contact_to_wire_min=t_pci_min),)
    return None if given is None else tuple(_lab(one, place) for place, one in enumerate(given, 1))


def _lab(given: object, place: int) -> Lab:
    if not isinstance(given, dict):
        raise BadPayload(
            "invalid_field", f"labs: expected objects with id, drive_min and open, not {place}"
        )
    unknown = sorted(set(given) - {"id", "drive_min", "open"})
    if unknown:
        raise BadPayload("invalid_field", f"labs: id, drive_min and open, not {unknown[0][:40]!r}")
    drive, is_open, name = given.get("drive_min"), given.get("open"), given.get("id")
    return Lab(
        lab_id=str(place) if name is None else cast("str", read_value(_LAB_ID, name)),
        drive_min=None if drive is None else read_value(_DRIVE, drive),
        is_open=None if is_open is None else read_value(_OPEN, is_open),
    )


_DECISION: Final[dict[str, tuple[str, str]]] = {
    "immediate": ("送最近的急诊抢救", "Closest emergency department with resuscitation"),
    "nearest_chest_pain_hospital": (
        "不启动导管室，送最近的胸痛医院，10 分钟内复查心电图",
        "Do not activate; nearest chest-pain hospital, repeat the ECG within 10 min",
    ),
    "ppci": ("直接 PCI，绕过较近的医院", "Primary PCI, passing nearer hospitals"),
    "no_bypass_call": ("不绕行，送最近的医院并立即电话", "No bypass: closest hospital, and call"),
    "lysis_then_transfer": (
        "就近溶栓，随后转运",
        "Lysis at the nearest place that can, then transfer",
    ),
}
_WHY: Final[dict[str, tuple[str, str]]] = {
    "arrest_without_circulation": ("心跳骤停未恢复循环", "arrest without circulation"),
    "ecg_not_read": ("心电图未传或未判读", "the ECG was not sent or not read"),
    "ecg_not_diagnostic": ("已判读，不符合 STEMI", "the ECG was read and is not STEMI"),
    "lab_within_limit": ("有开放的导管室在时限内", "an open lab is within the limit"),
    "cardiogenic_shock": ("心源性休克，不论时间", "cardiogenic shock, whatever the time"),
    "arrest_with_circulation": ("骤停后恢复循环，不论时间", "circulation back after arrest"),
    "lysis_contraindicated": ("溶栓禁忌，不论时间", "lysis is contraindicated"),
    "onset_too_long_ago": ("发病已超过溶栓时限", "onset is beyond the window of lysis"),
    "no_lab_open": ("没有开放的导管室", "no lab is open"),
    "lab_times_unknown": ("到导管室的时间不明", "the time to a lab is not known"),
    "no_lab_within_limit": ("没有导管室在时限内", "no lab is within the limit"),
}


def _explain_reperfusion(_values: Values, result: Result, policies: Policies) -> Words:
    decision, why = _DECISION[result["decision"]], _WHY[result["why"]]
    zh, en = [f"{decision[0]}（{why[0]}）"], [f"{decision[1]} ({why[1]})"]
    if result["target"]:
        zh.append(f"目标：{result['target']}")
        en.append(f"To: {result['target']}")
    if result["t_pci_min"] is not None:
        minutes, limit = f"{result['t_pci_min']:g}", f"{result['limit_min']:g}"
        zh.append(f"首次医疗接触至导丝 {minutes} 分钟，时限 {limit} 分钟")
        en.append(f"First contact to wire {minutes} min, limit {limit} min")
    if result["asks"]:
        zh.append(f"尚需：{', '.join(result['asks'])}")
        en.append(f"Still to be found out: {', '.join(result['asks'])}")
    if "physician_decides_unknown_onset" in result["do"]:
        window_h = f"{policies.clinical.reperfusion.lysis_window_h:g}"
        zh.append(f"发病时间不明：按 {window_h} 小时内预警，由医师决定")
        en.append(f"Onset unknown: alerted as within {window_h} h, a physician decides")
    return Words(zh="。".join(zh) + "。", en=". ".join(en) + ".")


REPERFUSION: Final = Rule(
    name="reperfusion",
    version="1",
    title_zh="STEMI 再灌注决策",
    title_en="Reperfusion decision in STEMI",
    source="ESC 2023 (120 min from diagnosis to wire, else lysis); ACC/AHA 2025",
    owner=MEDICAL_DIRECTOR,
    fields=(
        Field(
            name="ecg",
            kind="choice",
            choices=("stemi", "no_stemi", "unread", "not_transmitted"),
            words={"met": "stemi", "not_met": "no_stemi", "not transmitted": "not_transmitted"},
            meaning="what is known of the ECG",
        ),
        Field(
            name="t_pci_min",
            kind="number",
            unit="min",
            meaning="first contact to wire at the best open lab, instead of labs",
            aliases=("t_pci",),
            lowest=0,
            highest=10_000,
        ),
        Field(
            name="labs",
            kind="list",
            meaning="labs as objects with id, drive_min and open, null where not known",
        ),
        Field(
            name="since_contact_min",
            kind="number",
            unit="min",
            meaning="since first medical contact",
            aliases=("elapsed_min",),
            lowest=0,
            highest=100_000,
        ),
        Field(
            name="onset_h",
            kind="number",
            unit="h",
            meaning="since the symptoms began",
            lowest=0,
            highest=10_000,
        ),
        Field(name="lysis_contraindicated", kind="flag", meaning="lysis is contraindicated"),
        Field(
            name="cardiogenic_shock", kind="flag", meaning="cardiogenic shock", aliases=("shock",)
        ),
        Field(
            name="arrest",
            kind="choice",
            choices=("none", "rosc", "no_rosc"),
            words={"no rosc": "no_rosc"},
            meaning="cardiac arrest, circulation back or not; null: none reported",
        ),
    ),
    answers=(
        Answer(name="decision", meaning=", ".join(_DECISION)),
        Answer(name="why", meaning="what decided"),
        Answer(name="target", meaning="id of the lab, if one is chosen"),
        Answer(name="t_pci_min", meaning="first contact to wire at the fastest open lab"),
        Answer(name="limit_min", meaning="the limit it is held to, inclusive"),
        Answer(name="activate", meaning="the cath lab, once a physician has confirmed"),
        Answer(name="do", meaning="what to do now"),
        Answer(name="asks", meaning="unknown facts that could still change the answer"),
        Answer(name="clocks", meaning="targets that run from here"),
        Answer(name="requires", meaning="capabilities the receiving place must have"),
        Answer(name="may_bypass", meaning="whether a nearer hospital may be passed"),
        Answer(name="immediate", meaning="closest resuscitation (R0)"),
        Answer(name="alert", meaning="colour of the pre-alert that follows from it alone"),
    ),
    decide=_evaluate_reperfusion,
    say=_explain_reperfusion,
    tables=(
        Table(
            title="Limits",
            header=("limit", "value"),
            rows=(
                ("first contact to wire", f"<= {_LIMITS.contact_to_wire_limit_min:g} min"),
                ("door to wire at the lab", f"{_LIMITS.door_to_wire_min:g} min"),
                ("onset for lysis", f"<= {_LIMITS.lysis_window_h:g} h"),
            ),
            mark="POLICY",
        ),
        Table(
            title="Time targets of a chest-pain centre",
            header=("interval", "target", "measure", "source"),
            rows=tuple(
                (one.interval, cardiac_times.limit_text(one), one.measure, one.source)
                for one in cardiac_times.TARGETS
            ),
        ),
    ),
    notes=(
        Note(
            mark="GK",
            text=f"Onset over {_LIMITS.lysis_window_h:g} h, contraindication, shock or circulation "
            "back after arrest: PCI whatever the time",
        ),
        Note(mark="GK", text="Door in to door out, and when rescue is decided after lysis"),
        Note(
            mark="POLICY",
            text=f"The {_LIMITS.contact_to_wire_limit_min:g} min are counted from first medical "
            f"contact, with {_LIMITS.door_to_wire_min:g} min door to wire at the receiving lab",
        ),
        Note(
            mark="POLICY",
            text="Unknown onset is alerted as within the window; unknown times never justify a "
            "bypass; without a report there was no arrest",
        ),
    ),
)
