"""Sequence ranges against a plain set of numbers, and their bounds."""

from hypothesis import given
from hypothesis import strategies as st

from telemetry.limits import ACK_SELECTIVE_MAX, SEQUENCE_RANGES_MAX
from telemetry.sequence import SeqRanges


@given(st.lists(st.integers(1, 40), max_size=60))
def test_like_a_set(numbers: list[int]) -> None:
    ranges, model = SeqRanges(), set[int]()
    for number in numbers:
        assert ranges.add(number) == (number not in model)
        model.add(number)
    contiguous = next(n for n in range(0, 42) if n + 1 not in model)
    assert ranges.contiguous == contiguous
    assert ranges.highest == max(model, default=0)
    assert ranges.above() == tuple(sorted(n for n in model if n > contiguous))
    assert all((n in ranges) == (n in model) for n in range(0, 45))
    runs = sum(n + 1 not in model for n in model)
    assert ranges.holes == max(0, runs - 1)


@given(st.integers(0, 20), st.sets(st.integers(1, 60)))
def test_restored_from_a_cursor_and_islands(contiguous: int, above: set[int]) -> None:
    higher = sorted(number for number in above if number > contiguous)
    restored = SeqRanges(contiguous, [(number, number) for number in higher])
    assert {n for n in range(1, 70) if n in restored} == {*range(1, contiguous + 1), *higher}


def test_a_number_beyond_the_bound_is_never_acknowledged() -> None:
    ranges = SeqRanges()
    for number in range(2, 2 + 2 * SEQUENCE_RANGES_MAX, 2):
        assert ranges.add(number)
    beyond = 10 * SEQUENCE_RANGES_MAX
    assert not ranges.add(beyond)
    assert beyond not in ranges
    assert ranges.is_overflowed
    assert ranges.contiguous == 0
    assert ranges.add(1)  # joins its neighbours, needs no range of its own
    assert ranges.contiguous == 2


def test_the_selective_list_is_bounded_lowest_first() -> None:
    ranges = SeqRanges(5, [(7, 7 + 3 * ACK_SELECTIVE_MAX)])
    assert ranges.above() == tuple(range(7, 7 + ACK_SELECTIVE_MAX))
    assert ranges.above(limit=2) == (7, 8)
