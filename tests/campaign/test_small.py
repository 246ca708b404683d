"""A little of `python -m tests.campaign` at every test run, and every point where a worker can die.

The seeds are fixed: whoever changes the core meets them all, and nobody meets bad luck.
"""

import asyncio

import msgspec
import pytest

from tests.campaign import bugs
from tests.campaign.county import Plan, run
from tests.campaign.faults import KINDS
from tests.campaign.loop import PROCESS, Process, Stuck, VirtualLoop
from tests.campaign.shrink import number, shrink, told

SEEDS = 40
MINUTES = 8
SHORT = Plan(seed=5, minutes=0.5, kinds=frozenset(), pause_s=1.5)


def test_forty_counties_break_nothing() -> None:
    injected: set[str] = set()
    for seed in range(1, SEEDS + 1):
        result = run(Plan(seed=seed, minutes=MINUTES))
        assert not result.broken, f"python -m tests.campaign --seed {seed}: {result.broken}"
        assert result.events > 20, "the county was too idle to prove anything"
        injected |= result.injected.keys()
    assert injected == KINDS, f"never happened: {sorted(KINDS - injected)}"


def test_a_worker_may_die_before_any_of_its_steps() -> None:
    """Every await of the recorder, the follower and the ticker, one after the other: nothing is
    lost, nothing happens twice. A step is what runs between two awaits, so all are met."""
    whole = run(SHORT)
    assert not whole.broken
    assert whole.first_steps > 100, "the county was too idle to prove anything"
    for step in range(1, whole.first_steps):
        result = run(msgspec.structs.replace(SHORT, dies_at_step=step))
        assert not result.broken, f"death before step {step}: {result.broken}"
        assert any(f"is dead after {step - 1} steps" in line for line in result.trace)


def test_a_failing_seed_is_shrunk_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    bugs.double_booking(monkeypatch)
    failed = run(Plan(seed=101))
    assert number(failed) == "1"
    least = shrink(failed)
    assert number(least) == "1"
    assert not least.plan.kinds, "a fault stayed that the bug does not need"
    assert least.plan.muted >= {"ReceiveCall", "HoldBed"}
    words = "\n".join(told(failed, least))
    assert "python -m tests.campaign --seed 101" in words
    assert least.trace[-1] in words


def test_a_stopped_process_takes_no_step_and_its_time_goes_on() -> None:
    process, seen = Process("one"), list[float]()
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(1)) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)

        async def work() -> None:
            assert PROCESS.get() is process
            over = loop.create_future()
            loop.later(1.0, over.set_result, None)
            await over
            seen.append(loop.time())

        async def main() -> None:
            over = loop.create_future()
            async with asyncio.TaskGroup() as group:
                group.create_task(work(), name="work", context=process.context())
                loop.later(0.5, setattr, process, "is_paused", True)
                loop.later(9.0, loop.resume, process)
                loop.later(9.0, over.set_result, None)
                await over

        runner.run(main())
    assert seen == [pytest.approx(9.0)]


def test_nobody_waits_for_ever_unseen() -> None:
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(1)) as runner, pytest.raises(Stuck):
        runner.run(_forever())


async def _forever() -> None:
    await asyncio.Event().wait()


def test_people_of_events_that_came_while_a_snapshot_was_saved_keep_their_names() -> None:
    """Seed 135 found it: names vanished from the screens of a worker that saved a snapshot."""
    assert not run(Plan(seed=135)).broken
