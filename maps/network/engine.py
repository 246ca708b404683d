"""What a routing engine answers, whichever one it is: the port, and the values that cross it.

An engine holds one graph and one weight per arc (milliseconds). It knows no roads, hours or
closures: those made the weights. Other weights are another engine over the same preparation
(`with_weights`), so that whoever is asking the old one is not disturbed.

A journey rarely starts on a node. `Ends` are the nodes at which it may enter (or leave) the
network, each with the milliseconds between the place itself and the node; one place has one or two.

Two implementations, held to the same answers by one contract test: `cch` (customisable contraction
hierarchies, for every day) and `dijkstra` (scipy, plain and slow).
"""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from maps.network.graph import Ints

Ends = Sequence[tuple[int, int]]
"""(node, milliseconds to or from it), at least one."""

SHUT: Final = 2**31 - 1
"""The weight of an arc that must not be driven."""

MAX_WEIGHT_MS: Final = 2**31 - 2
"""The dearest arc that can still be driven, 24 days: the engines count in 32 bits."""


class RoutePath(msgspec.Struct, frozen=True, kw_only=True):
    """The quickest way: its arcs in order (none when it starts and ends at one node) and its time.

    ``duration_ms`` includes the milliseconds of both ends; ``first`` and ``last`` are the nodes at
    which the network is entered and left.
    """

    arcs: tuple[int, ...]
    first: int
    last: int
    duration_ms: int


class Engine(Protocol):
    """Times over one graph with one set of weights; None where there is no way."""

    def with_weights(self, weights_ms: Ints) -> "Engine":
        """The same graph with other weights, shape (m,); this one stays as it is."""
        ...

    def one_to_many(self, source: Ends, targets: Sequence[Ends]) -> list[int | None]:
        """Milliseconds from one place to each of many."""
        ...

    def many_to_one(self, sources: Sequence[Ends], target: Ends) -> list[int | None]:
        """Milliseconds from each of many places to one."""
        ...

    def route(self, source: Ends, target: Ends) -> RoutePath | None:
        """The quickest way between two places."""
        ...


def checked_weights(weights_ms: NDArray[np.integer], arcs: int) -> Ints:
    """Weights as every engine needs them: one an arc, from 1 ms to `MAX_WEIGHT_MS` or `SHUT`.

    Raises ValueError. Nothing is free: a weight of 0 means "no arc" to a sparse matrix.
    """
    if weights_ms.shape != (arcs,):
        raise ValueError(f"weights of shape {weights_ms.shape} for {arcs} arcs")
    if arcs and not (int(weights_ms.min()) >= 1 and int(weights_ms.max()) <= SHUT):
        raise ValueError("weights must be from 1 ms to 2**31 - 2 ms, or SHUT")
    return weights_ms.astype(np.int32)


def best(at_ends: Sequence[int | None], ends: Ends) -> int | None:
    """The smallest of the times at the ends of one place, each with its own way to the place."""
    found = [
        time + extra for time, (_node, extra) in zip(at_ends, ends, strict=True) if time is not None
    ]
    return min(found, default=None)
