"""What should alarm, said a second time and differently: windows looked back upon, no states.

For one limit. At a sample the alarm begins when an unbroken run of broken samples that ends there
is long enough, and ends when a run of clear ones since the beginning is. Quadratic, and plain.
"""

from collections.abc import Sequence

from telemetry.alarms.model import AlarmPolicy, Limit

Series = Sequence[tuple[float, float | None]]


def spans(series: Series, limit: Limit, policy: AlarmPolicy) -> list[tuple[float, float | None]]:
    """(begin, end or None) in seconds of every alarm of ``limit``; None values are not measured."""
    measured = [(at, value) for at, value in series if value is not None]
    delay_s = policy.delay_s[limit.quantity]
    band = policy.dead_band[limit.quantity]
    broken = [limit.is_broken_by(value) for _at, value in measured]
    clear = [limit.is_clear_of(value, band) for _at, value in measured]
    times = [at for at, _value in measured]
    found: list[tuple[float, float | None]] = []
    begun: int | None = None
    for now in range(len(measured)):
        if begun is None:
            run = _run(times, broken, now, 0, 2 * max(delay_s, 1.0))
            if len(run) >= policy.samples and times[now] - times[run[0]] >= delay_s:
                begun = now
                found.append((times[now], None))
            continue
        run = _run(times, clear, now, begun, 2 * max(policy.clear_s, 1.0))
        if run and times[now] - times[run[0]] >= policy.clear_s:
            found[-1] = (found[-1][0], times[now])
            begun = None
    return found


def _run(
    times: Sequence[float], so: Sequence[bool], now: int, first: int, gap_s: float
) -> list[int]:
    """The longest run of samples that are so, without a gap, ending at ``now``."""
    run: list[int] = []
    at = now
    while at >= first and so[at] and (not run or times[run[0]] - times[at] <= gap_s):
        run.insert(0, at)
        at -= 1
    return run
