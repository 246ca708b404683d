"""The words that every piece of advice is made of: a journey, and a reason with its parameters.

Used by destination choice (here) and by unit choice (`dispatch.recommend`). A reason is a stable
code plus parameters; the screens put it into words in the reader's language, so no sentence is
written here. The codes themselves are listed where they are given: `hospital_gateway.destination`
and `dispatch.recommend.units`.
"""

import msgspec

Param = str | int | float | bool | None


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason or one cost: ``code`` is the translation key, ``params`` fill its blanks."""

    code: str
    params: dict[str, Param] = {}


class Travel(msgspec.Struct, frozen=True, kw_only=True):
    """A journey as the travel-time port estimated it; ``method`` names how it is known.

    ``duration_p80_s`` is what four journeys of five stay below; None where nobody reckoned it.
    """

    duration_s: int
    distance_m: int
    method: str
    duration_p80_s: int | None = None


STRAIGHT_LINE = "straight_line"
PARTLY_STRAIGHT_LINE = "road_and_straight_line"


def reason(code: str, **params: Param) -> Reason:
    """A reason with its parameters."""
    return Reason(code=code, params=params)


def as_text(given: Reason) -> str:
    """A reason in the one-line form kept as evidence: ``code`` or ``code{key=value,...}``."""
    if not given.params:
        return given.code
    inside = ",".join(f"{key}={value}" for key, value in sorted(given.params.items()))
    return f"{given.code}{{{inside}}}"


def caveats(travel: Travel) -> tuple[Reason, ...]:
    """What a reader must know of how the time was found."""
    if travel.method == STRAIGHT_LINE:
        return (reason("straight_line_estimate"),)
    if travel.method == PARTLY_STRAIGHT_LINE:
        return (reason("partly_straight_line"),)
    return ()
