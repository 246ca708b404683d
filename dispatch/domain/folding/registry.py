"""The register of folds: which function folds which kind of event."""

from collections.abc import Callable
from typing import Any, TypeVar

from dispatch.domain import events as e
from dispatch.domain.world import Draft

E = TypeVar("E", bound=e.Event)
Fold = Callable[[Draft, Any, e.Envelope], None]
FOLDS: dict[type[e.Event], Fold] = {}


def folds(kind: type[E]) -> Callable[[Callable[[Draft, E, e.Envelope], None]], Fold]:
    """Register the function that folds one kind of event."""

    def register(function: Callable[[Draft, E, e.Envelope], None]) -> Fold:
        FOLDS[kind] = function
        return function

    return register
