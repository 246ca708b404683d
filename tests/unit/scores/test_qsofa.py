"""qSOFA: three points, a range while something is missing (Singer 2016; GK)."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.scores.qsofa import QsofaInput, QsofaResult, score

NORMAL = QsofaInput(resp_rate_per_min=16, systolic_mmhg=120, gcs_total=15)


def found(**changes: Any) -> QsofaResult:
    return score(msgspec.structs.replace(NORMAL, **changes))


def test_one_result_in_full() -> None:
    assert found(systolic_mmhg=None, resp_rate_per_min=22) == QsofaResult(
        lower=1,
        upper=2,
        is_positive=None,
        missing=("sbp",),
        parts={"rr": 1, "sbp": None, "gcs": 0},
    )


@pytest.mark.parametrize(
    ("field", "part", "table"),
    [
        ("resp_rate_per_min", "rr", {0: 0, 21: 0, 21.9: 0, 22: 1, 60: 1}),
        ("systolic_mmhg", "sbp", {0: 1, 100: 1, 100.1: 0, 101: 0}),
        ("gcs_total", "gcs", {3: 1, 14: 1, 15: 0}),
        ("is_mentation_altered", "gcs", {True: 1, False: 0}),
    ],
)
def test_limits(field: str, part: str, table: dict[Any, int]) -> None:
    for value, met in table.items():
        result = found(**{field: value})
        assert result.parts[part] == met, value  # type: ignore[index]
        assert (result.lower, result.upper, result.is_positive) == (met, met, False)


@pytest.mark.parametrize(
    ("gcs_total", "is_altered", "met"),
    [
        (None, True, 1),
        (None, False, 0),
        (None, None, None),
        (15, True, 1),
        (14, False, 1),
        (15, False, 0),
        (15, None, 0),
    ],
)
def test_the_worse_of_gcs_and_flag_counts(
    gcs_total: int | None, is_altered: bool | None, met: int | None
) -> None:
    result = found(gcs_total=gcs_total, is_mentation_altered=is_altered)
    assert result.parts["gcs"] == met
    assert result.missing == (("gcs",) if met is None else ())


@pytest.mark.parametrize(
    ("rate", "pressure", "gcs_total", "expected"),
    [
        (22, 101, 14, (2, 2, True)),
        (22, None, 15, (1, 2, None)),
        (30, 80, None, (2, 3, True)),
        (16, 120, None, (0, 1, False)),
        (16, None, None, (0, 2, None)),
        (22, 101, 15, (1, 1, False)),
        (22, 100, 14, (3, 3, True)),
        (None, None, None, (0, 3, None)),
    ],
)
def test_ranges(
    rate: float | None,
    pressure: float | None,
    gcs_total: int | None,
    expected: tuple[int, int, bool | None],
) -> None:
    result = found(resp_rate_per_min=rate, systolic_mmhg=pressure, gcs_total=gcs_total)
    assert (result.lower, result.upper, result.is_positive) == expected


NUMBER = st.none() | st.integers(0, 300) | st.floats(min_value=-1e308, max_value=1e308)
OBSERVED = st.builds(
    QsofaInput,
    resp_rate_per_min=NUMBER,
    systolic_mmhg=NUMBER,
    gcs_total=st.none() | st.integers(3, 15),
    is_mentation_altered=st.sampled_from([None, False, True]),
)


@given(OBSERVED, st.sampled_from([("resp_rate_per_min",), ("systolic_mmhg",), ("gcs", "flag")]))
def test_a_value_removed_only_widens(observed: QsofaInput, part: tuple[str, ...]) -> None:
    fields = ("gcs_total", "is_mentation_altered") if part == ("gcs", "flag") else part
    complete = score(observed)
    less = score(msgspec.structs.replace(observed, **dict.fromkeys(fields)))
    assert less.lower <= complete.lower <= complete.upper <= less.upper
    assert less.is_positive in {None, complete.is_positive}
    assert less.upper - less.lower == len(less.missing)
