"""The stroke pathway in the register: screens and LVO scales, and `RULES` with both rules.

The other rule is `dispatch.rules.stroke_destination`; scales stand in
`dispatch.triage.stroke_scales`.
"""

from typing import Any, Final

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
    everywhere,
    said_everywhere,
)
from dispatch.rules.stroke_destination import STROKE_DESTINATION
from dispatch.triage import stroke_scales
from dispatch.triage.stroke_scales import BY_NAME, SCALES, Item, Scale


def _evaluate(values: Values) -> Result:
    scale = BY_NAME[values["scale"]]
    found = stroke_scales.score(
        scale,
        _items(scale, values["items"], values["findings"]),
        is_basilar_suspected=values["basilar_suspected"],
    )
    tail: Result = {"missing": list(found.missing), "nemsis_type": scale.nemsis}
    if scale.kind != "graded":
        return {"positive": found.is_positive, **tail}
    return {
        "total": found.total,
        "lower_bound": found.lower_bound,
        "upper_bound": found.upper_bound,
        "lvo": found.is_positive,
        **tail,
    }


def _items(scale: Scale, items: list[Any] | None, findings: dict[str, Any] | None) -> list[Any]:
    """The items in the scale's order, from a list or by name; unnamed ones were not examined."""
    if items is not None and findings is not None:
        raise BadPayload("invalid_field", "items: give either items or findings, not both")
    if items is not None:
        return items
    if findings is None:
        raise BadPayload("missing_field", f"items: the items of {scale.name} are needed")
    left = {_plain(name): value for name, value in findings.items()}
    found = [_take(item, left) for item in scale.items]
    if left:
        names = ", ".join(item.name for item in scale.items)
        shown = next(iter(left))[:40]
        raise BadPayload("invalid_field", f"findings: {scale.name} has {names}, not {shown!r}")
    return found


def _take(item: Item, left: dict[str, Any]) -> Any:
    """The one value given under a name of ``item``; raises BadPayload where two are."""
    taken = [left.pop(name) for name in (item.name, *item.also) if name in left]
    values = [value for value in taken if value is not None]
    if len(values) > 1:
        names = " and ".join((item.name, *item.also))
        raise BadPayload("invalid_field", f"findings: only one of {names} counts")
    return values[0] if values else None


def _plain(name: str) -> str:
    return name.strip().casefold().replace("-", "_").replace(" ", "_")


_SAID: Final = {
    True: ("阳性", "positive"),
    False: ("阴性", "negative"),
    None: ("尚不能判断", "undecided"),
}
_SAID_LVO: Final = {
    True: ("提示大血管闭塞", "suggests a large-vessel occlusion"),
    False: ("未提示大血管闭塞", "does not suggest a large-vessel occlusion"),
    None: ("大血管闭塞尚不能判断", "whether it is a large-vessel occlusion is undecided"),
}


def _explain(values: Values, result: Result) -> Words:
    scale = BY_NAME[values["scale"]]
    if scale.kind != "graded":
        said = _SAID[result["positive"]]
        zh, en = f"{scale.name} {said[0]}", f"{scale.name} {said[1]}"
    else:
        said = _SAID_LVO[result["lvo"]]
        is_whole = result["total"] is not None
        points = result["lower_bound"]
        zh = f"{scale.name} {'' if is_whole else '至少 '}{points} 分，{said[0]}（界值 {scale.cut}）"
        en = f"{scale.name} {'' if is_whole else 'at least '}{points}: {said[1]} (cut {scale.cut})"
    missing = ", ".join(result["missing"])
    is_basilar_open = values["basilar_suspected"] is True and result.get("positive", True) is None
    return Words(
        zh=f"{zh}。"
        + ("疑基底动脉闭塞，VAN 不能排除，请做 CTA。" if is_basilar_open else "")
        + (f"未检查：{missing}。" if missing else ""),
        en=f"{en}."
        + (" VAN cannot rule out a basilar occlusion: CT angiography." if is_basilar_open else "")
        + (f" Not examined: {missing}." if missing else ""),
    )


def _scale_row(scale: Scale) -> tuple[str, ...]:
    items = ", ".join(
        item.name + ("" if scale.kind != "graded" else f" {'/'.join(map(str, item.grades))}")
        for item in scale.items
    )
    says = {
        "any": "positive with any",
        "van": "positive with weakness and any other",
        "graded": f"LVO from {scale.cut}",
    }
    source = scale.source + (" (GK)" if scale.is_general_knowledge else "")
    return (scale.name, items, says[scale.kind], scale.nemsis or "none", source)


STROKE: Final = Rule(
    name="stroke",
    version="1",
    title_zh="卒中筛查与大血管闭塞量表",
    title_en="Stroke screens and large-vessel-occlusion scales",
    source="; ".join(f"{scale.name} {scale.source}" for scale in SCALES),
    owner="the authors of each scale, taken over as they are; use: " + MEDICAL_DIRECTOR,
    fields=(
        Field(
            name="scale",
            kind="choice",
            choices=tuple(BY_NAME),
            words={
                "befast": "BE-FAST",
                "be_fast": "BE-FAST",
                "be fast": "BE-FAST",
                "fasted": "FAST-ED",
                "fast_ed": "FAST-ED",
                "fast ed": "FAST-ED",
                "cstat": "C-STAT",
                "c_stat": "C-STAT",
                "cpsss": "C-STAT",
                "cincinnati": "CPSS",
                "stroke120": "STROKE-120",
                "stroke 120": "STROKE-120",
                "stroke_120": "STROKE-120",
                "中风120": "STROKE-120",
                "卒中120": "STROKE-120",
            },
            meaning="which screen or scale",
            aliases=("algo",),
            is_required=True,
        ),
        Field(
            name="items",
            kind="list",
            meaning="grades or true and false in the scale's order, null: not examined",
        ),
        Field(
            name="findings",
            kind="table",
            meaning="the same by name of the item, instead of items",
            aliases=("named_items",),
        ),
        Field(
            name="basilar_suspected",
            kind="flag",
            meaning="basilar occlusion suspected: VAN without weakness then says nothing",
            aliases=("basilar", "suspected_basilar"),
        ),
    ),
    answers=(
        Answer(name="total", meaning="graded scales: the sum, null when an item is missing"),
        Answer(name="lower_bound", meaning="graded scales: points of what was examined"),
        Answer(name="upper_bound", meaning="graded scales: points if the rest were worst"),
        Answer(name="lvo", meaning="graded scales: large-vessel occlusion suggested, or null"),
        Answer(name="positive", meaning="CPSS, FAST, BE-FAST, STROKE-120, VAN: positive, or null"),
        Answer(name="missing", meaning="items not examined"),
        Answer(name="nemsis_type", meaning="NEMSIS eVitals.30; result and score are .29 and .34"),
    ),
    decide=everywhere(_evaluate),
    say=said_everywhere(_explain),
    tables=(
        Table(
            title="Screens and scales",
            header=("scale", "items and grades", "says", "NEMSIS eVitals.30", "source"),
            rows=tuple(_scale_row(scale) for scale in SCALES),
        ),
    ),
    notes=(
        Note(mark="GK", text="BE-FAST, STROKE-120 and C-STAT with their items and cuts"),
        Note(
            mark="POLICY",
            text="With items missing a scale is positive when the points there reach the cut, "
            "negative when the highest possible would not, else undecided",
        ),
    ),
)

RULES: Final = (STROKE, STROKE_DESTINATION)
