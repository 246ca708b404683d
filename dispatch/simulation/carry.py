"""Taking a patient to hospital: the choice, the journey, and turning round when the hospital shuts.

The hospital is chosen when the unit reaches the patient. Where it shuts before the patient is
there, the choice is made again at that moment, from where the unit is; where nobody else is open,
or the call names its hospital, the journey goes on: those under way are taken. Luck of each
piece is keyed by (call, leg), so that every policy meets the same.

Not here: what a policy may foresee of it (`policy.foreseen` knows no future closing), and the rest
of a unit's work (`engine`).
"""

from collections.abc import Callable
from typing import Final

import msgspec

from dispatch.simulation.policy import destination
from dispatch.simulation.shapes import SimCall, Spot, Town
from dispatch.simulation.travel import Travel

TO_FACILITY: Final = 1
"""The leg of the first piece; each turn counts one on."""

Luck = Callable[[int, int, int], int]
"""What a planned journey takes: planned ms, call, leg."""


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """Where the patient was taken: hospital, its place, arrival, metres, turns on the way."""

    facility: int
    spot: Spot
    delivered_ms: int
    metres: float
    turned: int


def carry(
    town: Town, travel: Travel, call: SimCall, reached_ms: int, leaves_ms: int, luck: Luck
) -> Carried | None:
    """The whole way from the scene to a hospital's door; None where no hospital is open."""
    chosen_ms, from_ms, spot = reached_ms, leaves_ms, call.spot
    pace, metres, turned = town.pace.transport, 0.0, 0
    facility = destination(town, travel, call, chosen_ms, spot)
    if facility < 0:
        return None
    while True:
        to = town.facilities[facility]
        planned_ms = travel.one_ms(spot, to.spot, from_ms, pace)
        took_ms = luck(planned_ms, call.call_id, TO_FACILITY + turned)
        length_m = travel.metres(spot, to.spot)
        shuts_ms = to.shuts_ms(chosen_ms, from_ms + took_ms)
        other = -1
        if shuts_ms is not None and call.facility < 0:
            other = destination(town, travel, call, shuts_ms, spot)
        if shuts_ms is None or other < 0:
            return Carried(
                facility=facility,
                spot=to.spot,
                delivered_ms=from_ms + took_ms,
                metres=metres + length_m,
                turned=turned,
            )
        if shuts_ms > from_ms:
            gone_ms = (shuts_ms - from_ms) * planned_ms // took_ms
            metres += length_m * gone_ms / max(1, planned_ms)
            spot = travel.on_the_way(spot, to.spot, gone_ms, from_ms, pace)
            from_ms = shuts_ms
        facility = destination(town, travel, call, shuts_ms, spot)
        chosen_ms, turned = shuts_ms, turned + 1
