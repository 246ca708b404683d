"""GCS, the Glasgow Coma Scale (Teasdale and Jennett 1974; components as in NEMSIS 3.5.1). Pure.

    eyes 1-4, verbal 1-5, motor 1-6, total 3-15

A component that cannot be tested (a tube, a swelling) is "NT" and leaves no total, as a missing one
does: the components are reported separately, nothing is put in their place. For trauma what counts
is motor below 6, the patient who does not follow commands (National Guideline for the Field Triage
of Injured Patients 2021); "total up to 13" is no longer a criterion.

ACVPU stands beside the scale for display (GK); no score may be made from the other.
"""

from typing import Final, Literal

import msgspec

NOT_TESTABLE: Final = "NT"
NO_TOTAL: Final = "component not testable/missing: report E,V,M separately"

Component = Literal["e", "v", "m"]
Score = int | Literal["NT"]
HIGHEST: Final[dict[Component, int]] = {"e": 4, "v": 5, "m": 6}
LOWEST: Final = 1
FOLLOWS_COMMANDS: Final = 6  # motor; below it is a red criterion of field triage 2021

AVPU_NEAR_GCS: Final = {"A": 15, "V": 13, "P": 8, "U": 3}  # GK; display only, never for scoring


class Gcs(msgspec.Struct, frozen=True, kw_only=True):
    """One reading. ``missing`` lists what has no points, whether untestable or not looked at."""

    total: int | None
    missing: tuple[Component, ...]
    is_motor_below_6: bool | None
    note: str | None


def score(eyes: Score | None, verbal: Score | None, motor: Score | None) -> Gcs:
    """The total, where there is one; raises ValueError for a component out of its range."""
    components: dict[Component, Score | None] = {"e": eyes, "v": verbal, "m": motor}
    for name, value in components.items():
        if isinstance(value, int) and not LOWEST <= value <= HIGHEST[name]:
            raise ValueError(f"{name}: expected {LOWEST} to {HIGHEST[name]}, got {value}")
    points = [value for value in components.values() if isinstance(value, int)]
    missing = tuple(name for name, value in components.items() if not isinstance(value, int))
    return Gcs(
        total=None if missing else sum(points),
        missing=missing,
        is_motor_below_6=motor < FOLLOWS_COMMANDS if isinstance(motor, int) else None,
        note=NO_TOTAL if missing else None,
    )
