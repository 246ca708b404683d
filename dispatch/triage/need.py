"""What every pathway ends in: what the patient needs, in one form. Pure.

A pathway reads findings and says what follows: the centre, capabilities that the receiving place
must have, whether a nearer hospital may be passed, how the hospital is to be alerted, what is to be
done now, what must still be found out. Several pathways may speak of one patient; `combine` keeps
the gravest of each. Destination choice takes the result as a `Case`.

Pathways are fixed here because each has code; centres are data. Which centre of a county takes a
pathway's patients is `Centre.serves`; a county without one sends them by the general rule, with the
capabilities the pathway asked for, and says so.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeVar, get_args

import msgspec

from dispatch.ids import CentreId
from hospital_gateway.advice import Reason, reason
from hospital_gateway.facilities import Centre
from hospital_gateway.prealert import Colour

Pathway = Literal[
    "chest_pain", "stroke", "trauma", "maternal", "newborn", "child", "respiratory", "burn", "tox"
]
PATHWAYS: Final[tuple[Pathway, ...]] = get_args(Pathway)

_Name = TypeVar("_Name", bound=str)
_GRAVITY: Final = (Colour.GREEN, Colour.YELLOW, Colour.RED)


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from one pathway for one patient.

    ``requires`` are capabilities without which a place needs a signed override, however near;
    ``prefers`` only break ties. ``may_bypass`` is False when the nearest capable place is right
    although a higher centre is in reach. ``is_immediate`` makes it R0: the closest resuscitation.
    ``decision`` is the pathway's own code for what it decided; ``do`` are codes of what to do now,
    ``notify`` of who is told beside the receiving place, ``asks`` the findings still missing.
    """

    pathway: Pathway
    decision: str
    alert: Colour | None = None
    requires: tuple[str, ...] = ()
    prefers: tuple[str, ...] = ()
    may_bypass: bool = True
    is_immediate: bool = False
    do: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """All pathways of one patient together, with the centres of this county."""

    centres: tuple[CentreId, ...]
    requires: tuple[str, ...]
    prefers: tuple[str, ...]
    may_bypass: bool
    is_immediate: bool
    alert: Colour | None
    reasons: tuple[Reason, ...]


def centre_for(pathway: str, centres: Sequence[Centre]) -> CentreId | None:
    """The centre of this county that takes the pathway's patients; None when it has none."""
    for centre in centres:
        if pathway in centre.serves or (not centre.serves and centre.centre_id == pathway):
            return centre.centre_id
    return None


def combine(needs: Iterable[Need], centres: Sequence[Centre]) -> Needs:
    """One patient's needs from all pathways; empty needs give the general rule.

    One pathway that must not pass the nearest place holds for all; the gravest alert wins.
    """
    each = tuple(needs)
    found = [(one, centre_for(one.pathway, centres)) for one in each]
    absent = tuple(
        reason("centre_not_in_county", pathway=one.pathway) for one, centre in found if not centre
    )
    alerts = [one.alert for one in each if one.alert is not None]
    return Needs(
        centres=_once(centre for _one, centre in found if centre),
        requires=_once(name for one in each for name in one.requires),
        prefers=_once(name for one in each for name in one.prefers),
        may_bypass=all(one.may_bypass for one in each),
        is_immediate=any(one.is_immediate for one in each),
        alert=max(alerts, key=_GRAVITY.index) if alerts else None,
        reasons=(*(given for one in each for given in one.reasons), *absent),
    )


def _once(names: Iterable[_Name]) -> tuple[_Name, ...]:
    return tuple(dict.fromkeys(names))
