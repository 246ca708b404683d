"""How every lifecycle of Greenlane is written: a table from (state, happening) to the next state.

A table is the whole truth of a lifecycle; what it does not list is refused and changes nothing.
The tables themselves stand in their rooms (`dispatch.domain`, `hospital_gateway`), each with its
prose above it. A leaf: it imports only `dispatch.errors` (docs/adr/0002).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from dispatch.errors import Refused

State = TypeVar("State", bound=StrEnum)
Table = Mapping[State, Mapping[str, State]]


def next_state(table: Table[State], state: State, happening: str, **who: str) -> State:
    """Return the state after ``happening``; raise ``Refused("illegal_step")`` if not listed."""
    after = table.get(state, {}).get(happening)
    if after is None:
        raise Refused("illegal_step", state=state.value, step=happening, **who)
    return after


def may(table: Table[State], state: State, happening: str) -> bool:
    """Tell whether ``happening`` is listed for ``state``."""
    return happening in table.get(state, {})
