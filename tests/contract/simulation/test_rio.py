"""B0: the Rio benchmark call by call against its authors' own results, and their summary."""

import csv
from functools import cache
from pathlib import Path

import pytest

from dispatch.simulation.outcome import CallOutcome
from dispatch.simulation.policy import Policy
from dispatch.simulation.published import Forward, Priorities, Queue
from dispatch.simulation.readers import rio
from dispatch.simulation.report import Report, report
from dispatch.simulation.run import simulate
from tests.support.shared_data import shared

Row = tuple[int, CallOutcome]

CALLS = 3994
POLICIES = {"queue": Queue, "forward": Forward, "priorities": Priorities}


@cache
def _run(folder: Path, policy: str, fleet: int, bases: int) -> tuple[list[Row], Report]:
    files = {path.name: path.read_text() for path in folder.glob("*.csv")}
    town, travel, days = rio.read(files, fleet, bases)
    chosen: Policy = POLICIES[policy]()
    outcomes = [simulate(town, travel, day.calls, chosen) for day in days]
    pairs = zip(days, outcomes, strict=True)
    rows = [(day.scenario, one) for day, run in pairs for one in run.calls]
    return rows, report(outcomes, town.values)


@pytest.mark.slow
@pytest.mark.parametrize("fleet", [10, 16])
@pytest.mark.parametrize("policy", list(POLICIES))
def test_the_same_unit_goes_to_every_call_and_arrives_when_theirs_does(
    policy: str, fleet: int
) -> None:
    folder = shared("rio")
    expected = {
        (int(row["scenario"]), int(row["call"])): row
        for row in csv.DictReader((folder / f"expected_us_{policy}_{fleet}.csv").open())
    }
    rows, _report = _run(folder, policy, fleet, fleet)
    assert len(rows) == len(expected) == CALLS
    same = sum(int(expected[at, one.call_id]["ambulance"]) == one.unit_id for at, one in rows)
    near = sum(
        abs(float(expected[at, one.call_id]["response_s"]) - one.response_ms / 1000) <= 4.0
        and abs(float(expected[at, one.call_id]["reached_hospital_at_s"]) - one.delivered_ms / 1000)
        <= 4.0
        for at, one in rows
    )
    # Scenarios 81 and 94: two units are 0.04 s and 0.8 s apart, less than the four decimals of the
    # published coordinates can tell; from there on two calls each are served otherwise.
    is_cut = (policy, fleet) == ("priorities", 10)
    assert same >= (3992 if is_cut else CALLS)
    assert near >= (3990 if is_cut else CALLS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("policy", "fleet", "bases", "mean_s", "high_s", "low_s", "penalised_s"),
    # DISPATCH 3.2, first block: from the authors' files
    [
        ("queue", 10, 10, 2281, 2331, 2242, 6448),
        ("forward", 10, 10, 1809, 1796, 1819, 4487),
        ("queue", 14, 34, 1114, 1137, 1096, 3436),
        ("forward", 14, 34, 902, 848, 945, 2211),
        ("priorities", 14, 34, 964, 803, 1093, 2180),
        ("queue", 20, 20, 591, 584, 597, 1570),
        ("forward", 20, 20, 531, 513, 545, 1307),
        ("priorities", 20, 20, 536, 510, 557, 1302),
        ("queue", 30, 30, 348, 337, 357, 839),
        ("forward", 30, 30, 337, 332, 342, 816),
        ("priorities", 30, 30, 338, 332, 343, 816),
    ],
)
def test_other_fleets_give_the_published_means(
    policy: str,
    fleet: int,
    bases: int,
    mean_s: float,
    high_s: float,
    low_s: float,
    penalised_s: float,
) -> None:
    _rows, found = _run(shared("rio"), policy, fleet, bases)
    assert found.mean_s == pytest.approx(mean_s, abs=1.0)
    assert found.high_mean_s == pytest.approx(high_s, abs=1.0)
    assert found.low_mean_s == pytest.approx(low_s, abs=1.0)
    assert found.penalised_s == pytest.approx(penalised_s, abs=1.0)
