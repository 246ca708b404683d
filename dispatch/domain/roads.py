"""The county's numbers of driving, as its file changes them and as they enter the log.

The values are `maps.network.policy`; they are part of `CountyConfig`, so that a replay of any day
drives at the speeds of that day. Reading the file is `dispatch.county_policies`. Pure.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from dispatch.domain.written import faults, laid_over
from maps.network.policy import RoadPolicy


def road_policy(changes: Mapping[str, Any]) -> RoadPolicy:
    """The defaults with the numbers of ``changes``, a table per policy as a file holds them.

    Lists (bands of hours, ferries) are replaced whole. Raises ValueError naming the first key that
    is unknown or holds what cannot be meant there.
    """
    wanted = laid_over(msgspec.to_builtins(RoadPolicy()), changes)
    policy: RoadPolicy = msgspec.convert(wanted, RoadPolicy)
    for fault in faults(wanted, msgspec.to_builtins(policy)):
        raise ValueError(fault)
    return policy
