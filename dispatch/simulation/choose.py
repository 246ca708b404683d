"""The policies of the simulator by name, as the command line and scenarios write them."""

from collections.abc import Callable
from typing import Final

import msgspec

from dispatch.errors import BadPayload
from dispatch.recommend.policies import LEVELS, RecommendPolicy
from dispatch.recommend.situation import Coverage
from dispatch.simulation.greenlane import Greenlane
from dispatch.simulation.policy import Policy
from dispatch.simulation.published import (
    Closest,
    Forward,
    MinMax,
    Priorities,
    Queue,
)
from dispatch.simulation.standby import WithStandby

_YARDSTICKS: Final[dict[str, Callable[[], Policy]]] = {
    "queue": Queue,
    "forward": Forward,
    "priorities": Priorities,
    "minmax": MinMax,
    "closest": Closest,
}

NAMES: Final = (*_YARDSTICKS, "reassign", *LEVELS)
"""Each may be followed by "+dmexclp" or "+moveup" where it has no standby of its own."""

_DMEXCLP: Final = "+dmexclp"
_MOVE_UP: Final = "+moveup"


def needs_coverage(name: str) -> bool:
    """Whether the policy asks for demand and posts."""
    return name.endswith((_DMEXCLP, _MOVE_UP)) or name in LEVELS[3:]


def policy_named(
    name: str,
    ranks: tuple[int, ...],
    settings: RecommendPolicy,
    coverage: Coverage | None,
) -> Policy:
    """The policy of this name; ``settings`` for P0 to P5, whose level the name sets.

    "reassign" is P2: joint assignment with redirection. Raises BadPayload for an unknown name, and
    for standby where there is no demand to cover.
    """
    inner = name.removesuffix(_DMEXCLP).removesuffix(_MOVE_UP)
    if needs_coverage(name) and coverage is None:
        raise BadPayload("policy", f"{name} needs a demand to cover, and this scenario has none")
    if inner in _YARDSTICKS:
        made = _YARDSTICKS[inner]()
    elif inner == "reassign" or inner in LEVELS:
        level = "P2" if inner == "reassign" else inner
        policy = msgspec.structs.replace(settings, level=level)
        stands_by = policy.at_least("P3")
        moves_up = stands_by and name.endswith(_MOVE_UP)
        shown = name if moves_up else inner
        made = Greenlane(policy, ranks, coverage, name=shown, moves_up=moves_up)
        if moves_up:
            return made
    else:
        raise BadPayload(
            "policy", f"{name!r}: one of {', '.join(NAMES)}, or one {_DMEXCLP} or {_MOVE_UP}"
        )
    if name == inner:
        return made
    if inner in LEVELS[3:] or coverage is None:
        raise BadPayload("policy", f"{name}: {inner} stands by by itself")
    moves_up = name.endswith(_MOVE_UP)
    return WithStandby(made, coverage, settings.standby, moves_up=moves_up)
