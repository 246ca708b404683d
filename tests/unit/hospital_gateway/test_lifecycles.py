"""Every (state, happening) pair of the hospital side's tables: the legal ones reach the listed
state, all others are refused and change nothing. The expectation is written out here once more,
so that a slip in a table does not agree with itself."""

from enum import StrEnum
from itertools import product

import pytest

from dispatch.errors import Refused
from dispatch.lifecycle import Table, may, next_state
from hospital_gateway.beds import BED, HOLD, HoldState
from hospital_gateway.facilities import BedState
from hospital_gateway.handover import HANDOVER, HandoverState
from hospital_gateway.prealert import PREALERT, PreAlertState

EXPECTED = {
    "prealert": {
        "created": {"send": "sent", "stand_down": "stood_down"},
        "sent": {
            "deliver": "delivered",
            "display": "displayed",
            "acknowledge": "acknowledged",
            "reject": "rejected",
            "stand_down": "stood_down",
        },
        "delivered": {
            "display": "displayed",
            "acknowledge": "acknowledged",
            "reject": "rejected",
            "stand_down": "stood_down",
        },
        "displayed": {
            "acknowledge": "acknowledged",
            "reject": "rejected",
            "stand_down": "stood_down",
        },
        "acknowledged": {"stand_down": "stood_down"},
    },
    "bed": {
        "free": {
            "hold": "held",
            "occupy": "occupied",
            "soil": "cleaning",
            "block": "blocked",
            "confirm": "free",
        },
        "held": {"release": "free", "expire": "free", "occupy": "occupied"},
        "occupied": {
            "vacate": "cleaning",
            "clear": "free",
            "block": "blocked",
            "confirm": "occupied",
        },
        "cleaning": {
            "clean": "free",
            "occupy": "occupied",
            "block": "blocked",
            "confirm": "cleaning",
        },
        "blocked": {
            "unblock": "free",
            "occupy": "occupied",
            "soil": "cleaning",
            "confirm": "blocked",
        },
    },
    "hold": {"active": {"release": "released", "expire": "expired", "convert": "converted"}},
    "handover": {"none": {"offer": "offered"}, "offered": {"accept": "accepted"}},
}
TABLES: dict[str, tuple[type[StrEnum], Table]] = {
    "prealert": (PreAlertState, PREALERT),
    "bed": (BedState, BED),
    "hold": (HoldState, HOLD),
    "handover": (HandoverState, HANDOVER),
}


def _pairs():
    for name, (states, _) in TABLES.items():
        happenings = sorted({h for row in EXPECTED[name].values() for h in row} | {"unheard_of"})
        for state, happening in product(states, happenings):
            yield pytest.param(name, state, happening, id=f"{name}-{state}-{happening}")


@pytest.mark.parametrize(("name", "state", "happening"), [*_pairs()])
def test_every_pair_reaches_the_listed_state_or_is_refused(name, state, happening):
    table = TABLES[name][1]
    expected = EXPECTED[name].get(state.value, {}).get(happening)
    assert may(table, state, happening) is (expected is not None)
    if expected is None:
        before = {each: dict(row) for each, row in table.items()}
        with pytest.raises(Refused) as caught:
            next_state(table, state, happening)
        assert caught.value.code == "illegal_step"
        assert caught.value.params == {"state": state.value, "step": happening}
        assert {each: dict(row) for each, row in table.items()} == before
    else:
        assert next_state(table, state, happening).value == expected


@pytest.mark.parametrize("name", sorted(TABLES))
def test_tables_hold_nothing_beyond_the_expectation(name):
    table = TABLES[name][1]
    written = {
        state.value: {happening: after.value for happening, after in row.items()}
        for state, row in table.items()
    }
    assert written == EXPECTED[name]
