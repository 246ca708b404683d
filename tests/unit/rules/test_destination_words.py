"""The destination rule in words, its tables, and whatever JSON may come."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.rules.destination import DESTINATION, RULES
from dispatch.rules.destination_fields import (
    EXAMPLES,
    FACILITY_FIELDS,
    FIELDS,
    ORIGIN_FIELDS,
    SITUATION,
    SITUATION_WORDS,
    SITUATIONS,
)
from dispatch.rules.destination_words import (
    CHANGES_EN,
    CHANGES_ZH,
    DECIDED_EN,
    DECIDED_ZH,
    FLAGS_EN,
    FLAGS_ZH,
    RULES_EN,
    RULES_ZH,
)
from dispatch.rules.page import page
from dispatch.rules.read import read_case
from hospital_gateway.capabilities import NAMES
from hospital_gateway.weighing import TIE_BREAKERS


def said(**given: Any) -> tuple[str, str]:
    values, _ignored = read_case(DESTINATION, given)
    words = DESTINATION.explain(values, DESTINATION.evaluate(values))
    return words.zh, words.en


def at(place: str, minutes: float | None, **more: Any) -> dict[str, Any]:
    return {"id": place, "minutes": minutes, **more}


COUNTY, CITY = at("county", 12), at("city", 60)


def test_an_arrest_in_words():
    assert said(pathway="arrest", facilities=[at("township", 4), at("county", 15)]) == (
        "R0: 立即抢救，去最近的有抢救能力的急诊。→ township (4 分钟), 最近的抢救能力。"
        "备选：county (15 分钟)。若首选不能收治，则 county；county 近 11 分钟，则为首选。",
        "R0: immediate, the closest emergency department with resuscitation. → township (4 min), "
        "the closest resuscitation. Next: county (15 min). It would change if the first could not "
        "take the patient: county; county were 11 min nearer.",
    )


def test_a_full_first_in_words():
    zh, en = said(news2=8, gps_lost=True, facilities=[at("county", 12, eicu_free=0)])
    assert zh == (
        "R2: 一般病情，去最近的合适医院。→ county (12 分钟), 只有它符合要求。"
        "首选没有空的 eicu 床位；位置为旧定位，不自动改道。"
    )
    assert en == (
        "R2: general, the closest appropriate. → county (12 min), the only one that passes the "
        "gate. The first has no free eicu bed; position from an old fix, no automatic switch."
    )


def test_two_alternatives_are_named_and_no_more():
    places = [at(f"h{n}", 10 * n, kind="county") for n in range(1, 6)]
    zh, en = said(facilities=places)
    assert "备选：h2 (20 分钟), h3 (30 分钟)。" in zh
    assert "Next: h2 (20 min), h3 (30 min). " in en


def test_nobody_to_go_to_in_words():
    assert said(facilities=[]) == (
        "R2: 一般病情，去最近的合适医院。没有可比较的医院。",
        "R2: general, the closest appropriate. There is no hospital to compare.",
    )


@pytest.mark.parametrize(("_what", "given_case", "answer"), EXAMPLES)
def test_the_examples_are_answered_as_they_say(_what: str, given_case: str, answer: str):
    result = _evaluated(json.loads(given_case))
    assert result is not None
    assert f"{result['rule']} {result['first']}" == answer


def test_the_words_are_complete_in_both_languages():
    assert set(RULES_ZH) == set(RULES_EN) == {"R0", "R1", "R2"}
    assert set(DECIDED_ZH) == set(DECIDED_EN)
    assert {f"tie_{each}" for each in TIE_BREAKERS} <= set(DECIDED_EN)
    assert set(FLAGS_ZH) == set(FLAGS_EN)
    assert set(CHANGES_ZH) == set(CHANGES_EN)


def test_the_page_shows_what_decides():
    text = page(RULES)
    assert (
        "| stroke | ed_24h + resus + ct_24h + (lysis_stroke or evt) | evt | drive &lt; 30 min |"
        in text
    )
    assert "fmc to wire ≤ 120 min" in text
    assert "| trauma_level_1, then trauma_level_2 | drive ≤ 45 min |" in text
    assert (
        "advisory counts 10 min, no bed 5 min, each inbound patient 1 min, a tie is under 2 min, "
        "door to wire 20 min" in text
    )
    assert "from 20 weeks, may be 5 min farther" in text
    assert "| village | none |" in text
    assert "| patient_choice | 4220015 |" in text
    assert [rule.name for rule in RULES] == ["destination", "prealert_colour", "transfer_clock"]
    assert {rule.version for rule in RULES} == {"1"}


@pytest.mark.parametrize(("word", "meant"), SITUATION_WORDS.items())
def test_every_word_means_a_situation(word: str, meant: str):
    assert meant in SITUATIONS
    assert word not in SITUATIONS


WORDS = st.sampled_from(["county", "city", "township", "x", "normal", "II", "trauma", "evt", ""])
SCALARS = (
    st.none() | st.booleans() | st.integers(-5, 200) | st.floats() | WORDS | st.text(max_size=4)
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
KEYS = [name for field in FACILITY_FIELDS for name in (field.name, *field.aliases)]
ORIGIN_KEYS = [name for field in ORIGIN_FIELDS for name in (field.name, *field.aliases)]
FACILITY = st.fixed_dictionaries(
    {"id": st.text(max_size=5) | WORDS},
    optional={key: ANYTHING for key in (*KEYS, *sorted(NAMES)[:4]) if key != "id"},
)
GOOD_FACILITY = st.fixed_dictionaries(
    {"id": st.text(max_size=9), "kind": st.sampled_from(["township", "county", "city", "clinic"])},
    optional={
        "minutes": st.none() | st.floats(0, 200),
        "status": st.sampled_from(["normal", "advisory", "closed", "disaster", None]),
        "eicu_free": st.none() | st.integers(0, 3),
        "resus_free": st.none() | st.integers(0, 3),
        "lead": st.none() | st.booleans(),
        "ppci": st.none() | st.booleans(),
        "trauma_level": st.sampled_from([1, 2, "III", None]),
    },
)
FLAGS = [field.name for field in FIELDS if field.kind == "flag"]
GOOD_PATIENT = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.none() | st.booleans() for name in FLAGS},
        "pathway": st.none() | st.sampled_from(SITUATION.choices),
        "news2": st.none() | st.integers(0, 20),
        "weeks": st.none() | st.integers(0, 42),
    },
)


def _evaluated(case: dict[str, Any]) -> dict[str, Any] | None:
    """The answer, in words as well; None when the case could not be read."""
    try:
        values, _ignored = read_case(DESTINATION, case)
        result = DESTINATION.evaluate(values)
    except BadPayload as error:
        assert str(error)
        return None
    words = DESTINATION.explain(values, result)
    assert words.zh
    assert words.en
    json.dumps(result, allow_nan=False)
    return result


@given(case=st.fixed_dictionaries(
    {"facilities": st.lists(FACILITY | ANYTHING, max_size=3)},
    optional={field.name: ANYTHING for field in FIELDS if field.name != "facilities"}
    | {"origin": st.dictionaries(st.sampled_from(ORIGIN_KEYS), ANYTHING, max_size=3)},
))  # fmt: skip
def test_nothing_but_bad_payload_is_raised(case):
    _evaluated(case)


@settings(max_examples=200)
@given(
    patient=GOOD_PATIENT,
    facilities=st.lists(GOOD_FACILITY, max_size=5, unique_by=lambda each: each["id"]),
)
def test_a_readable_case_is_answered_whole(patient, facilities):
    result = _evaluated({**patient, "facilities": facilities})
    assert result is not None
    listed = [*result["ranked"], *(each["id"] for each in result["excluded"])]
    assert sorted(listed) == sorted(each["id"] for each in facilities)
    assert result["first"] == (result["options"][0]["id"] if result["options"] else None)
    assert bool(result["ranked"]) is (result["first_passes"] is True)


STEPS = ("stable", "airway_safe")


@given(said_of=st.fixed_dictionaries({name: st.booleans() for name in STEPS}),
       forgotten=st.sets(st.sampled_from(STEPS)))  # fmt: skip
def test_forgetting_what_is_known_of_stability_never_sends_a_patient_farther(said_of, forgotten):
    places = [COUNTY, at("city", 50)]
    whole = _evaluated({"pathway": "burn", "facilities": places, **said_of})
    left = {name: value for name, value in said_of.items() if name not in forgotten}
    partial = _evaluated({"pathway": "burn", "facilities": places, **left})
    assert whole is not None
    assert partial is not None
    if all(said_of.values()):
        assert (whole["first"], partial["first"] in ("county", "city")) == ("city", True)
    if not left:
        assert (partial["first"], partial["flags"]) == ("county", ["stability_unknown"])


def test_arrests_and_closed_doors_are_never_forgotten_into_a_longer_drive():
    """A capability that nobody knows is not counted on; a status that nobody told is normal."""
    known = _evaluated({"pathway": "stemi", "facilities": [at("county", 12, ppci=True), CITY]})
    unknown = _evaluated({"pathway": "stemi", "facilities": [at("county", 12, ppci=None), CITY]})
    assert known is not None
    assert unknown is not None
    assert (known["first"], unknown["first"]) == ("county", "city")
