"""The list of a county's clinical numbers: it holds every policy there is, and refuses slips."""

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

import dispatch.quality
import dispatch.triage
import hospital_gateway
import telemetry
from dispatch.domain.clinical import changed
from dispatch.rules.policies import Policies
from telemetry.scores.meows import MeowsThresholds


def modules() -> Iterator[Any]:
    for package in (telemetry, dispatch.triage, dispatch.quality, hospital_gateway):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def reached(kind: Any, so_far: set[Any]) -> set[Any]:
    """Every struct among the types of the fields of ``kind``, however deep."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in so_far:
        so_far.add(kind)
        for inner in get_type_hints(kind).values():
            reached(inner, so_far)
    for inner in get_args(kind):
        reached(inner, so_far)
    return so_far


def test_every_policy_of_the_code_can_be_reached() -> None:
    ends = ("Policy", "Thresholds", "Standards", "Checks")
    there = {
        value
        for module in modules()
        for name, value in vars(module).items()
        if name.endswith(ends) and isinstance(value, type) and issubclass(value, msgspec.Struct)
    }
    assert MeowsThresholds in there and len(there) >= 20
    assert there - reached(Policies, set()) == set()


BAD: Mapping[str, tuple[dict[str, Any], str]] = {
    "table": ({"meow": {}}, "meow is unknown; known here: owner, signed_on, whom, mewc, meows"),
    "policy": ({"stroke": 3}, "`$.stroke`"),
    "key": ({"stroke": {"evt_limit": 3}}, "stroke.evt_limit is unknown; known here: lysis_"),
    "deep": ({"meows": {"rr": {"red": 3}}}, "meows.rr.red is unknown; known here: red_below"),
    "row": (
        {"maternal": {"risk": {"marks": [
            {"code": "a", "zh": "甲", "zh_meaning": "x", "en_meaning": "x", "hue": 1}]}}},
        "maternal.risk.marks[0].hue is unknown",
    ),
    "item": ({"plausibility": {"limits": {"pain": {}}}}, "plausibility.limits"),
    "text": ({"stroke": {"coma_gcs": "8"}}, "Expected `int`, got `str` - at `$.stroke.coma_gcs`"),
    "flag": ({"stroke": {"coma_gcs": True}}, "Expected `int`, got `bool`"),
    "nan": ({"criteria": {"burn_pct": float("nan")}}, "criteria.burn_pct: nan is not a number"),
    "inf": (
        {"plausibility": {"limits": {"spo2": {"flag": [50, float("inf")]}}}},
        "plausibility.limits.spo2.flag[1]: inf is not a number",
    ),
    "chart": ({"meows": {"rr": {"red_above": 5}}}, "limits must rise"),
    "standard": (
        {"quality": {"by_interval": [["answer", "cn"]]}}, "quality: cn is no standard; there are",
    ),
    "priority": ({"quality": {"by_priority": [["P1", "arp"]]}}, "quality: arp is no standard"),
    "unit": (
        {"plausibility": {"limits": {"glucose": {"unit": "mg/dL"}}}},
        "plausibility.limits.glucose.unit: it is mmol/L; write the limits in that",
    ),
    "range": (
        {"plausibility": {"limits": {"heart_rate": {"child_flag": [300, 40]}}}},
        "plausibility.limits.heart_rate.child_flag: 300 is above 40",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_slip_is_refused_with_its_key(name: str) -> None:
    changes, expected = BAD[name]
    with pytest.raises(ValueError, match=re.escape(expected)):
        changed(changes)
