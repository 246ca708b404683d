"""A situation that does not fit together is refused, with what is wrong."""

from typing import Any

import numpy as np
import pytest

from dispatch.recommend import situation
from dispatch.recommend.situation import IDLE, UNDER_WAY, Calls, Units
from tests.unit.recommend.situations import case, posts


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("heading for one of the rows", {"state": [UNDER_WAY, IDLE], "heading": [-1, -1]}),
        ("heading for one of the rows", {"state": [UNDER_WAY, IDLE], "heading": [1, -1]}),
        ("two rows", {"state": [UNDER_WAY, UNDER_WAY], "heading": [0, 0]}),
        ("listed twice", {"unit_ids": ["N", "N"]}),
        ("not a number", {"free_in_s": [float("nan"), 0.0]}),
        ("values for 2", {"crew": [1]}),
        ("values for 1", {"waited_s": [1.0, 2.0]}),
        ("a priority is 1", {"priority": [5]}),
        ("a priority is 1", {"priority": [0]}),
        (
            "post that is not there",
            {"post": [3, 0], "coverage": posts(np.random.default_rng(1), 3, 4)},
        ),
    ],
)
def test_what_does_not_fit_is_named(words: str, fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=words):
        case([[1.0, 2.0]], **fields)


def test_limits_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(situation, "MAX_OPEN_ROWS", 2)
    monkeypatch.setattr(situation, "MAX_UNITS", 1)
    with pytest.raises(ValueError, match="3 open rows; at most 2"):
        Calls.of(["a", "b", "c"], [1, 1, 1], [0.0] * 3)
    with pytest.raises(ValueError, match="2 units; at most 1"):
        Units.of(["a", "b"], [IDLE, IDLE])


def test_rows_of_one_call_share_a_number_and_have_one_lead() -> None:
    calls = Calls.of(["a", "b", "a"], [1, 2, 1], [0.0] * 3)
    assert calls.call.tolist() == [0, 1, 0]
    assert calls.lead.tolist() == [True, True, False]
