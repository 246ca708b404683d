"""Every stroke scale: its items, its cut on both sides, and items that were not examined."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.triage.stroke_scales import BY_NAME, SCALES, ScaleResult, score


def scored(scale: str, *items: Any, **more: Any) -> ScaleResult:
    return score(BY_NAME[scale], items, **more)


def test_items_grades_and_cuts() -> None:
    table = {
        scale.name: (scale.kind, scale.cut, [(i.name, i.grades) for i in scale.items])
        for scale in SCALES
    }
    yes, three = (0, 1), (0, 1, 2)
    screen = [("face", yes), ("arm", yes), ("speech", yes)]
    assert table == {
        "CPSS": ("any", 1, screen),
        "FAST": ("any", 1, screen),
        "BE-FAST": ("any", 1, [("balance", yes), ("eyes", yes), *screen]),
        "STROKE-120": ("any", 1, screen),
        "RACE": (
            "graded",
            5,
            [("face", three), ("arm", three), ("leg", three), ("gaze", yes), ("cortical", three)],
        ),
        "LAMS": ("graded", 4, [("face", yes), ("arm", three), ("grip", three)]),
        "FAST-ED": (
            "graded",
            4,
            [("face", yes), ("arm", three), ("speech", three), ("eyes", three), ("neglect", three)],
        ),
        "C-STAT": ("graded", 2, [("gaze", (0, 2)), ("arm", yes), ("consciousness", yes)]),
        "VAN": (
            "van",
            1,
            [("weakness", yes), ("vision", yes), ("aphasia", yes), ("neglect", yes)],
        ),
    }


def test_codes_are_those_of_nemsis() -> None:
    assert {scale.name: scale.nemsis for scale in SCALES} == {
        "CPSS": "3330001",
        "FAST": "3330013",
        "RACE": "3330021",
        "LAMS": "3330023",
        "VAN": "3330025",
        "FAST-ED": "3330027",
        "BE-FAST": "3330029",
        "STROKE-120": None,
        "C-STAT": None,
    }
    marked = {scale.name for scale in SCALES if scale.is_general_knowledge}
    assert marked == {"BE-FAST", "STROKE-120", "C-STAT"}
    assert {scale.name: scale.source for scale in SCALES} == {
        "CPSS": "Kothari 1999",
        "FAST": "Harbison 2003",
        "BE-FAST": "Aroor 2017",
        "STROKE-120": "Zhao 2017",
        "RACE": "Perez de la Ossa 2014",
        "LAMS": "Nazliel 2008",
        "FAST-ED": "Lima 2016",
        "C-STAT": "Katz 2015",
        "VAN": "Teleb 2017",
    }


@pytest.mark.parametrize("scale", ["CPSS", "FAST", "STROKE-120", "BE-FAST"])
def test_any_one_is_positive(scale: str) -> None:
    length = len(BY_NAME[scale].items)
    for items in product([True, False, None], repeat=length):
        expected = True if True in items else None if None in items else False
        result = scored(scale, *items)
        assert result.is_positive is expected, items
        assert len(result.missing) == items.count(None)
        assert (result.total is None) == (None in items)


@pytest.mark.parametrize(
    ("scale", "items", "total", "lvo"),
    [
        ("RACE", (0, 0, 0, 0, 0), 0, False),
        ("RACE", (2, 2, 0, 0, 0), 4, False),
        ("RACE", (2, 2, 1, 0, 0), 5, True),
        ("RACE", (1, 1, 1, 1, 1), 5, True),
        ("RACE", (2, 2, 2, 1, 2), 9, True),
        ("LAMS", (1, 2, 2), 5, True),
        ("LAMS", (1, 1, 1), 3, False),
        ("LAMS", (1, 2, 1), 4, True),
        ("LAMS", (0, 2, 2), 4, True),
        ("LAMS", (0, 2, 1), 3, False),
        ("FAST-ED", (1, 2, 2, 2, 2), 9, True),
        ("FAST-ED", (1, 1, 1, 1, 0), 4, True),
        ("FAST-ED", (1, 1, 1, 0, 0), 3, False),
        ("FAST-ED", (0, 2, 0, 2, 0), 4, True),
        ("C-STAT", (2, 0, 0), 2, True),
        ("C-STAT", (0, 1, 0), 1, False),
        ("C-STAT", (0, 1, 1), 2, True),
        ("C-STAT", (2, 1, 1), 4, True),
    ],
)
def test_graded_scales(scale: str, items: tuple[int, ...], total: int, lvo: bool) -> None:
    assert scored(scale, *items) == ScaleResult(
        is_positive=lvo, total=total, lower_bound=total, upper_bound=total, missing=()
    )


@pytest.mark.parametrize(
    ("scale", "items", "bounds", "lvo", "missing"),
    [
        ("RACE", (2, 2, None, 1, 0), (5, 7), True, ("leg",)),
        ("RACE", (2, 2, None, 0, 0), (4, 6), None, ("leg",)),
        ("RACE", (1, None, 1, 0, 0), (2, 4), False, ("arm",)),
        ("RACE", (2, 1, 1, None, 0), (4, 5), None, ("gaze",)),
        ("RACE", (2, 1, 0, None, 0), (3, 4), False, ("gaze",)),
        ("RACE", (None,) * 5, (0, 9), None, ("face", "arm", "leg", "gaze", "cortical")),
        ("LAMS", (None, 2, 2), (4, 5), True, ("face",)),
        ("LAMS", (None, 2, 1), (3, 4), None, ("face",)),
        ("LAMS", (None, 1, 1), (2, 3), False, ("face",)),
        ("FAST-ED", (None, 2, None, 0, 0), (2, 5), None, ("face", "speech")),
        ("C-STAT", (None, 0, 0), (0, 2), None, ("gaze",)),
    ],
)
def test_missing_items_leave_bounds(
    scale: str, items: Any, bounds: tuple[int, int], lvo: bool | None, missing: tuple[str, ...]
) -> None:
    result = scored(scale, *items)
    assert (result.total, result.is_positive, result.missing) == (None, lvo, missing)
    assert (result.lower_bound, result.upper_bound) == bounds


def test_trap_15_fast_ed_from_4_van_needs_weakness_race_ends_at_9() -> None:
    assert scored("FAST-ED", 0, 2, 0, 2, 0).is_positive is True
    assert scored("FAST-ED", 0, 2, 0, 1, 0).is_positive is False
    assert scored("VAN", False, True, True, True).is_positive is False
    assert scored("VAN", True, True, False, False).is_positive is True
    assert scored("RACE", *([None] * 5)).upper_bound == 9
    with pytest.raises(BadPayload):
        scored("RACE", 2, 2, 2, 2, 1)


@pytest.mark.parametrize(
    ("items", "basilar", "positive"),
    [
        ((False, True, True, True), None, False),
        ((False, True, True, True), False, False),
        ((False, True, True, True), True, None),
        ((False, False, False, False), True, None),
        ((False, None, None, None), None, False),
        ((True, False, False, False), None, False),
        ((True, False, False, False), True, False),
        ((True, True, False, False), None, True),
        ((True, False, True, False), None, True),
        ((True, False, False, True), None, True),
        ((True, False, False, True), True, True),
        ((True, None, None, True), None, True),
        ((True, None, False, False), None, None),
        ((None, True, False, False), None, None),
        ((None, False, False, False), None, False),
        ((None, False, False, False), True, None),
        ((None, None, None, None), None, None),
    ],
)
def test_van(items: Any, basilar: bool | None, positive: bool | None) -> None:
    result = scored("VAN", *items, is_basilar_suspected=basilar)
    assert result.is_positive is positive
    assert result.total is None
    names = ("weakness", "vision", "aphasia", "neglect")
    assert result.missing == tuple(n for n, v in zip(names, items, strict=True) if v is None)
    bounds = {True: (1, 1), False: (0, 0), None: (0, 1)}
    assert (result.lower_bound, result.upper_bound) == bounds[positive]


def test_a_basilar_suspicion_is_no_matter_of_other_scales() -> None:
    assert scored("CPSS", 0, 0, 0, is_basilar_suspected=True).is_positive is False


@pytest.mark.parametrize("value", [0, False, 0.0])
def test_no_is_false_or_zero(value: Any) -> None:
    assert scored("LAMS", value, 2, 1).total == 3


@pytest.mark.parametrize("value", [1, True, 1.0])
def test_yes_is_true_or_one(value: Any) -> None:
    assert scored("LAMS", value, 2, 1).total == 4
    assert scored("VAN", value, value, 0, 0).is_positive is True


@pytest.mark.parametrize(
    ("scale", "items", "detail"),
    [
        ("LAMS", (1, 3, 1), "items: LAMS arm: expected one of (0, 1, 2) or null, got 3"),
        ("LAMS", (1, -1, 1), "items: LAMS arm: expected one of (0, 1, 2) or null, got -1"),
        ("LAMS", (1, True, 1), "items: LAMS arm: expected one of (0, 1, 2) or null, got True"),
        ("LAMS", (1, 1, 1.5), "items: LAMS grip: expected one of (0, 1, 2) or null, got 1.5"),
        ("LAMS", (1, 1, "1"), "items: LAMS grip: expected one of (0, 1, 2) or null, got '1'"),
        ("LAMS", (2, 1, 1), "items: LAMS face: expected true, false or null, got 2"),
        ("C-STAT", (1, 0, 0), "items: C-STAT gaze: expected one of (0, 2) or null, got 1"),
        ("CPSS", ("no", 0, 0), "items: CPSS face: expected true, false or null, got 'no'"),
        ("CPSS", ([], 0, 0), "items: CPSS face: expected true, false or null, got []"),
        (
            "CPSS",
            ("x" * 99, 0, 0),
            f"items: CPSS face: expected true, false or null, got '{'x' * 39}",
        ),
        ("CPSS", (0, 0), "items: CPSS has 3 (face, arm, speech), got 2"),
        ("CPSS", (0, 0, 0, 0), "items: CPSS has 3 (face, arm, speech), got 4"),
        ("RACE", (0,) * 6, "items: RACE has 5 (face, arm, leg, gaze, cortical), got 6"),
    ],
)
def test_what_is_no_grade_is_named(scale: str, items: Any, detail: str) -> None:
    with pytest.raises(BadPayload) as caught:
        scored(scale, *items)
    assert (caught.value.reason, caught.value.detail) == ("invalid_field", detail)


@given(st.sampled_from(SCALES), st.none() | st.booleans(), st.data())
def test_missing_values_only_widen(scale: Any, basilar: bool | None, data: st.DataObject) -> None:
    whole = [data.draw(st.sampled_from(item.grades)) for item in scale.items]
    part = [data.draw(st.sampled_from([grade, None])) for grade in whole]
    full = score(scale, whole, is_basilar_suspected=basilar)
    some = score(scale, part, is_basilar_suspected=basilar)
    assert some.is_positive in {full.is_positive, None}
    assert some.lower_bound <= full.lower_bound <= full.upper_bound <= some.upper_bound


@given(st.sampled_from(SCALES), st.data())
def test_a_worse_item_never_clears(scale: Any, data: st.DataObject) -> None:
    items = [data.draw(st.sampled_from(item.grades)) for item in scale.items]
    place = data.draw(st.integers(0, len(items) - 1))
    worse = [*items[:place], max(scale.items[place].grades), *items[place + 1 :]]
    assert score(scale, items).is_positive is not True or score(scale, worse).is_positive is True
