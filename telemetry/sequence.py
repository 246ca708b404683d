"""Which sequence numbers of one (device, boot) are there: ranges, holes, the contiguous end. Pure.

Used twice: by the window, to tell duplicate, gap and late arrival, and by the committer, to know
what a device may forget. Bounded: beyond `SEQUENCE_RANGES_MAX` holes a number is simply not
remembered and `is_overflowed` says so: it is not acknowledged until the ranges are read again from
the store, or it is sent again and the database finds the duplicate.
"""

from bisect import bisect_right
from collections.abc import Iterable

from telemetry.limits import ACK_SELECTIVE_MAX, SEQUENCE_RANGES_MAX


class SeqRanges:
    """A set of sequence numbers as sorted, disjoint, non-touching inclusive ranges."""

    def __init__(self, contiguous: int = 0, islands: Iterable[tuple[int, int]] = ()) -> None:
        """From 1..contiguous and sorted, disjoint (first, last) ranges above it."""
        self.is_overflowed = False
        self._firsts: list[int] = [1] if contiguous else []
        self._lasts: list[int] = [contiguous] if contiguous else []
        for first, last in islands:
            if self._lasts and first <= self._lasts[-1] + 1:
                self._lasts[-1] = max(last, self._lasts[-1])
            elif len(self._firsts) < SEQUENCE_RANGES_MAX:
                self._firsts.append(first)
                self._lasts.append(last)
            else:
                self.is_overflowed = True

    def __contains__(self, seq: int) -> bool:
        at = bisect_right(self._firsts, seq) - 1
        return at >= 0 and seq <= self._lasts[at]

    @property
    def contiguous(self) -> int:
        """The highest n such that 1..n are all there; 0 when 1 is not."""
        return self._lasts[0] if self._firsts and self._firsts[0] == 1 else 0

    @property
    def highest(self) -> int:
        """The highest number there; 0 when none is."""
        return self._lasts[-1] if self._lasts else 0

    @property
    def holes(self) -> int:
        """How many holes lie between the lowest and the highest number there."""
        return max(0, len(self._firsts) - 1)

    def above(self, limit: int = ACK_SELECTIVE_MAX) -> tuple[int, ...]:
        """The numbers above `contiguous`, lowest first, at most `limit` of them."""
        numbers: list[int] = []
        start = 1 if self.contiguous else 0
        for first, last in zip(self._firsts[start:], self._lasts[start:], strict=True):
            numbers.extend(range(first, min(last, first + limit - len(numbers) - 1) + 1))
            if len(numbers) >= limit:
                break
        return tuple(numbers)

    def add(self, seq: int) -> bool:
        """Put one number in; False when it was there, or could not be remembered."""
        if seq in self:
            return False
        at = bisect_right(self._firsts, seq)
        joins_left = at > 0 and self._lasts[at - 1] == seq - 1
        joins_right = at < len(self._firsts) and self._firsts[at] == seq + 1
        if joins_left and joins_right:
            self._lasts[at - 1] = self._lasts.pop(at)
            del self._firsts[at]
        elif joins_left:
            self._lasts[at - 1] = seq
        elif joins_right:
            self._firsts[at] = seq
        elif len(self._firsts) >= SEQUENCE_RANGES_MAX:
            self.is_overflowed = True
            return False
        else:
            self._firsts.insert(at, seq)
            self._lasts.insert(at, seq)
        return True
