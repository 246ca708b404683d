"""The tables beside the engine: override reasons, capabilities, team alerts, bypass defaults."""

from itertools import pairwise

import pytest

from dispatch.errors import Refused
from hospital_gateway.bypass import DEFAULT_CENTRES, may_bypass
from hospital_gateway.capabilities import CAPABILITIES, NAMES, TEAM_ALERTS, TYPICAL
from hospital_gateway.override import OVERRIDE_REASONS, OverrideReason, override_reason
from tests.unit.hospital_gateway.support import POLICY

NEMSIS_20 = {
    "closest": "4220001",
    "diversion": "4220003",
    "family_choice": "4220005",
    "insurance": "4220007",
    "law_enforcement": "4220009",
    "medical_direction": "4220011",
    "other": "4220013",
    "patient_choice": "4220015",
    "physician_choice": "4220017",
    "protocol": "4220019",
    "specialty_centre": "4220021",
}
NEMSIS_23 = {
    "ed_24h": "9908007",
    "lysis_stroke": "9908037",
    "evt": "9908041",
    "lysis_stemi": "9908035",
    "ppci": "9908033",
    "trauma_level_1": "9908021",
    "trauma_level_2": "9908023",
    "trauma_level_3": "9908025",
    "trauma_level_4": "9908027",
    "trauma_level_5": "9908029",
    "ob_emergency": "9908047",
    "nicu_1": "9908009",
    "nicu_2": "9908009",
    "nicu_3": "9908009",
    "picu": "9908011",
    "burn": "9908003",
    "psych": "9908001",
}
NEMSIS_24 = {
    "none": "4224001",
    "adult_trauma": "4224003",
    "cardiac_arrest": "4224005",
    "maternal": "4224007",
    "other": "4224009",
    "child_trauma": "4224011",
    "chest_pain": "4224013",
    "stroke": "4224015",
    "trauma": "4224017",
    "sepsis": "4224019",
}


def test_the_override_reasons_are_those_of_nemsis():
    assert {each.code: each.nemsis for each in OVERRIDE_REASONS} == NEMSIS_20
    assert all(each.zh and each.en for each in OVERRIDE_REASONS)


@pytest.mark.parametrize("reason", OVERRIDE_REASONS, ids=lambda each: each.code)
def test_a_reason_is_found_by_code_nemsis_code_and_words(reason: OverrideReason):
    for word in (reason.code, reason.nemsis, reason.zh, reason.en, f" {reason.code.upper()} "):
        assert override_reason(word) is reason


@pytest.mark.parametrize("given", ["", "  ", "because", "4220023", "42200"])
def test_an_override_without_one_of_them_is_refused(given):
    with pytest.raises(Refused) as refused:
        override_reason(given)
    assert refused.value.code == "override_reason_needed"
    assert refused.value.params == {"given": given, "known": ", ".join(NEMSIS_20)}


def test_capabilities_have_the_codes_of_nemsis():
    assert {each.code: each.nemsis for each in CAPABILITIES if each.nemsis} == NEMSIS_23
    assert {each.what: each.nemsis for each in TEAM_ALERTS} == NEMSIS_24
    assert all(each.zh and each.en for each in CAPABILITIES)
    assert len(NAMES) == len(CAPABILITIES)


def test_what_a_kind_has_is_in_the_vocabulary_and_grows_with_the_tier():
    assert set(TYPICAL) == {kind for kinds in POLICY.tiers for kind in kinds}
    assert all(NAMES.issuperset(has) for has in TYPICAL.values())
    rising = ("village", "township", "sub_centre", "county", "city")
    for low, high in pairwise(rising):
        assert set(TYPICAL[low]) <= set(TYPICAL[high])
    assert TYPICAL["township"] == ("ed_24h", "resus")
    assert TYPICAL["hospital"] == TYPICAL["county"]
    assert {"ppci", "trauma_level_3", "ob_emergency"} <= set(TYPICAL["county"])
    assert not {"evt", "burn", "hyperbaric", "trauma_level_2"} & set(TYPICAL["county"])
    assert {"evt", "burn", "hyperbaric", "trauma_level_2", "nicu_3"} <= set(TYPICAL["city"])


LIMITS = {
    "chest_pain": (("ppci",), 120, "fmc_to_wire", True),
    "stroke": (("evt",), 30, "drive", False),
    "trauma": (("trauma_level_1", "trauma_level_2"), 45, "drive", True),
    "maternal": (("nicu_3",), 60, "drive", True),
    "newborn_child": (("nicu_3",), 60, "drive", True),
    "respiratory": (("respiratory_icu",), 60, "drive", True),
    "burn": (("burn",), 60, "drive", True),
    "tox": (("hyperbaric",), 60, "drive", True),
}


def test_the_bypass_defaults():
    found = {
        each.centre_id: (
            each.bypass_to,
            each.bypass_limit_min,
            each.bypass_limit_counts,
            each.is_bypass_limit_inclusive,
        )
        for each in DEFAULT_CENTRES
    }
    assert found == LIMITS
    served = [pathway for each in DEFAULT_CENTRES for pathway in each.serves]
    assert sorted(served) == [
        "burn", "chest_pain", "child", "maternal", "newborn", "respiratory", "stroke", "tox",
        "trauma",
    ]  # fmt: skip
    for each in DEFAULT_CENTRES:
        assert {"ed_24h", "resus"} <= set(each.requires_all)
        assert NAMES.issuperset((*each.requires_all, *each.requires_any, *each.bypass_to))
        assert (each.name_zh, each.name_en) == (each.short_zh, each.short_en)
        assert (each.icon, each.colour) == ("", "")
    assert [f"{each.name_zh} {each.name_en}" for each in DEFAULT_CENTRES] == [
        "胸痛 chest pain", "卒中 stroke", "创伤 trauma", "孕产 maternal",
        "儿童新生儿 newborn and child", "呼吸 respiratory", "烧伤 burn", "中毒 poisoning",
    ]  # fmt: skip


GATES = {
    "chest_pain": ((), ("ppci", "lysis_stemi")),
    "stroke": (("ct_24h",), ("lysis_stroke", "evt")),
    "trauma": (("or_24h", "blood"), ("trauma_level_1", "trauma_level_2", "trauma_level_3")),
    "maternal": (("or_24h", "blood", "ob_emergency"), ()),
    "newborn_child": ((), ("nicu_2", "nicu_3", "picu")),
    "respiratory": ((), ("eicu", "respiratory_icu")),
    "burn": ((), ()),
    "tox": ((), ()),
}


def test_the_default_gates():
    found = {each.centre_id: (each.requires_all[2:], each.requires_any) for each in DEFAULT_CENTRES}
    assert found == GATES


@pytest.mark.parametrize("pathway", ["maternal", "newborn", "child", "respiratory", "burn", "tox"])
def test_some_must_be_known_to_be_stable(pathway):
    assert may_bypass(POLICY, ("trauma", pathway), None) is None
    assert may_bypass(POLICY, (pathway,), True) is True
    assert may_bypass(POLICY, (pathway,), False) is False


@pytest.mark.parametrize("pathway", ["trauma", "stroke", "chest_pain"])
def test_others_are_passed_on_unless_known_to_be_unstable(pathway):
    assert may_bypass(POLICY, (pathway,), None) is True
    assert may_bypass(POLICY, (pathway,), True) is True
    assert may_bypass(POLICY, (pathway,), False) is False


def test_nothing_wanted_is_no_obstacle():
    assert may_bypass(POLICY, (), None) is True
