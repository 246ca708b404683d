"""What an administrator should do about an imported map, in sentences, Chinese and English.

The numbers are the report's (`maps.osm.report`); here stands only from which of them on somebody
should act, and what to do. No notice is no promise: nobody surveyed the county for this.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Report = Mapping[str, Any]
Notice = dict[str, str]

# Local policy: shares of the roads' length, and of the junctions.
_MANY_WITHOUT_LIMIT: Final = 0.5
_MANY_WITHOUT_NAME: Final = 0.3
_WELL_CONNECTED: Final = 0.95

_SENTENCES: Final = {
    "facilities_none": (
        "地图上没有医院和诊所。派车只认本县的 facilities.toml，请在其中列全。",
        "The map holds no hospital and no clinic. Dispatch goes by the county's facilities.toml: "
        "list them all there.",
    ),
    "facilities_emergency_unsaid": (
        "{found} 家医疗机构中有 {count} 家，地图没有说明是否接急诊。"
        "收治能力以 facilities.toml 为准。",
        "The map does not say of {count} of {found} facilities whether they take emergencies. "
        "What a facility can do stands in facilities.toml.",
    ),
    "facilities_smaller_than_tagged": (
        "{count} 家标为医院，名称却像卫生院、诊所或门诊：{names}。请核对。",
        "Tagged as a hospital but named like a clinic or health centre ({count}): {names}. "
        "Check each.",
    ),
    "facilities_off_network": (
        "{count} 家医疗机构离通达的道路超过 {limit} 米：位置画错，或缺一段路。"
        "见 off_network_list。",
        "{count} facilities lie more than {limit} m from any road that leads on: drawn wrongly, or "
        "a road is missing. See off_network_list.",
    ),
    "limits_unknown": (
        "{share} 的道路里程没有限速。行驶时间按道路等级的通常速度估计，请用本县的出车记录校正。",
        "{share} of the road length has no speed limit. Times are estimated from the usual speed "
        "of the road's class: correct them by the county's own recorded drives.",
    ),
    "roads_unnamed": (
        "{share} 的道路里程没有名称。来电者说的路名可能查不到。",
        "{share} of the road length has no name. A road that a caller names may not be found.",
    ),
    "posts_none": (
        "没有里程桩。来电者说“S204 12 公里”时查不到位置。",
        "There are no kilometre posts. “S204 kilometre 12” cannot be found.",
    ),
    "posts_without_road": (
        "{count} 个里程桩不在任何道路上，查不到所属公路。",
        "{count} kilometre posts stand on no road; nobody can say which road's they are.",
    ),
    "settlements_none": (
        "没有村镇名称。请把本县的村、社区和标志物写进 places.geojson。",
        "There are no names of villages or towns. Write the county's own into places.geojson.",
    ),
    "network_islands": (
        "{count} 个路口不通主路网（共 {parts} 片）：那里到不了，也出不来。",
        "{count} junctions are cut off from the main network ({parts} pieces): no way leads "
        "there and back.",
    ),
    "barriers_ignored": (
        "{count} 处路障（门、桩、栏）未计入路线，现场可能要绕行。",
        "{count} barriers (gates, bollards) are not heeded by routes; a crew may have to go round.",
    ),
    "turns_ignored": (
        "{count} 条禁止转弯未计入路线。",
        "{count} turn restrictions are not heeded by routes.",
    ),
    "towns_without_road": (
        "这些乡镇附近没有道路：{names}。这份地图没有覆盖全县。",
        "There is no road near these towns: {names}. The extract does not cover the county.",
    ),
    "places_at_zero": (
        "{count} 个地点的坐标是 0,0，没有采用。",
        "{count} places are at 0,0 and were left out.",
    ),
}  # fmt: skip


def notices_of(report: Report) -> list[Notice]:
    """What to look at, the weightiest first: {code, zh, en} each."""
    found = (*_of_facilities(report["facilities"]), *_of_roads(report), *_of_places(report))
    return [
        {"code": code, "zh": _SENTENCES[code][0].format(**values),
         "en": _SENTENCES[code][1].format(**values)}
        for code, values in found
    ]  # fmt: skip


def _of_facilities(told: Report) -> Iterator[tuple[str, dict[str, Any]]]:
    if not told["found"]:
        yield "facilities_none", {}
        return
    if count := told["emergency"]["unsaid"]:
        yield "facilities_emergency_unsaid", {"count": count, "found": told["found"]}
    if smaller := told["smaller_than_tagged"]:
        names = "、".join(smaller)
        yield "facilities_smaller_than_tagged", {"count": len(smaller), "names": names}
    if count := told["off_network"]:
        limit = f"{told['off_network_limit_m']:g}"
        yield "facilities_off_network", {"count": count, "limit": limit}


def _of_roads(report: Report) -> Iterator[tuple[str, dict[str, Any]]]:
    county = report.get("county") or {}
    if towns := county.get("towns_without_road"):
        yield "towns_without_road", {"names": "、".join(towns)}
    roads, network, ignored = report["roads"], report["network"], report["not_applied"]
    if network["largest_part_share"] < _WELL_CONNECTED:
        count = network["nodes_off_largest_part"]
        yield "network_islands", {"count": count, "parts": network["parts"]}
    if (share := roads["share_km_without_limit"]) > _MANY_WITHOUT_LIMIT:
        yield "limits_unknown", {"share": _percent(share)}
    if (share := roads["share_km_without_name"]) > _MANY_WITHOUT_NAME:
        yield "roads_unnamed", {"share": _percent(share)}
    if count := sum(ignored["barriers_on_roads"].values()):
        yield "barriers_ignored", {"count": count}
    if count := ignored["turn_restrictions"]:
        yield "turns_ignored", {"count": count}


def _of_places(report: Report) -> Iterator[tuple[str, dict[str, Any]]]:
    told = report["places"]
    if not told["settlements"]:
        yield "settlements_none", {}
    posts = told["kilometre_posts"]
    if not posts["found"]:
        yield "posts_none", {}
    elif posts["without_road"]:
        yield "posts_without_road", {"count": posts["without_road"]}
    if count := report["places_at_zero"]:
        yield "places_at_zero", {"count": count}


def _percent(share: float) -> str:
    """A share as people say it; all only where it is all."""
    return f"{min(99.9, share * 100):.3g} %" if share < 1 else "100 %"
