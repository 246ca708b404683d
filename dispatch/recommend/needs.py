"""What a unit must and should bring, by priority and centre, as data tables.

All of it is POLICY (no published national table of vehicle level by call exists): clinical
reference §2.2 asks for ALS on P1; the wishes follow what each centre's pathway does first in the
vehicle (12-lead and defibrillator for chest pain, midwife and MAT for mothers, incubator for the
newborn). A requirement excludes from the first place; a wish is worth the seconds that a better
suited unit may be later. Rows for centres a county does not have do nothing.

Not here: ranking (`units`), and what a county's units really carry (configuration).
"""

import msgspec

from dispatch.ids import CentreId

ALS = "ALS"
BLS = "BLS"
MAT = "MAT"


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """What must be there: one of ``kinds`` (empty: any), all of ``skills`` and ``equipment``."""

    kinds: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """One wished kind, skill or piece of equipment, and the seconds it is worth.

    ``or_else`` are kinds that will do as well.
    """

    what: str
    worth_s: int
    or_else: tuple[str, ...] = ()


BY_PRIORITY: dict[str, Requirement] = {
    "P1": Requirement(kinds=(ALS,), equipment=("defib",)),
}

AS_GOOD_AS_ALS: dict[CentreId, tuple[str, ...]] = {
    # A MAT crew is the team that a mother or a newborn in danger needs; it stands beside ALS.
    CentreId("maternal"): (MAT,),
    CentreId("newborn_child"): (MAT,),
}

WISHES_BY_PRIORITY: dict[str, tuple[Wish, ...]] = {
    # P2 is time-critical but not yet a threat to life: BLS may go when it is clearly sooner.
    "P2": (Wish(what=ALS, worth_s=240),),
}

WISHES_BY_CENTRE: dict[CentreId, tuple[Wish, ...]] = {
    CentreId("chest_pain"): (
        Wish(what="12_lead", worth_s=240),
        Wish(what="defib", worth_s=240),
    ),
    CentreId("trauma"): (Wish(what=ALS, worth_s=240),),
    CentreId("maternal"): (Wish(what=MAT, worth_s=300), Wish(what="midwife", worth_s=120)),
    CentreId("newborn_child"): (Wish(what="incubator", worth_s=300),),
    CentreId("respiratory"): (Wish(what="ventilator", worth_s=240),),
}

WISHES_WHEN_PREGNANT: tuple[Wish, ...] = WISHES_BY_CENTRE[CentreId("maternal")]


def requirement(priority: str, centres: tuple[CentreId, ...]) -> Requirement:
    """What a unit must bring; nothing for a priority without a row."""
    base = BY_PRIORITY.get(priority, Requirement())
    if not base.kinds:
        return base
    kinds = tuple(dict.fromkeys((*base.kinds, *_as_good_as_als(centres))))
    return Requirement(kinds=kinds, skills=base.skills, equipment=base.equipment)


def wishes(priority: str, centres: tuple[CentreId, ...], is_pregnant: bool) -> tuple[Wish, ...]:
    """What a unit should bring, each thing once at its highest worth, dearest first."""
    worth: dict[str, int] = {}
    rows = [WISHES_BY_PRIORITY.get(priority, ())]
    rows.extend(WISHES_BY_CENTRE.get(centre, ()) for centre in centres)
    rows.append(WISHES_WHEN_PREGNANT if is_pregnant else ())
    for row in rows:
        for wish in row:
            worth[wish.what] = max(worth.get(wish.what, 0), wish.worth_s)
    also = _as_good_as_als(centres)
    found = (
        Wish(what=what, worth_s=worth_s, or_else=also if what == ALS else ())
        for what, worth_s in worth.items()
    )
    return tuple(sorted(found, key=lambda wish: (-wish.worth_s, wish.what)))


def missing(
    needed: Requirement,
    kind: str,
    skills: tuple[str, ...],
    equipment: tuple[str, ...],
) -> tuple[str, ...]:
    """What of ``needed`` a unit does not bring; the wanted kinds as one word, "ALS/MAT"."""
    gaps = []
    if needed.kinds and kind not in needed.kinds:
        gaps.append("/".join(needed.kinds))
    gaps.extend(skill for skill in needed.skills if skill not in skills)
    gaps.extend(thing for thing in needed.equipment if thing not in equipment)
    return tuple(gaps)


def is_met(wish: Wish, kind: str, skills: tuple[str, ...], equipment: tuple[str, ...]) -> bool:
    """Whether a unit brings what is wished."""
    return (
        kind == wish.what or kind in wish.or_else or wish.what in skills or wish.what in equipment
    )


def _as_good_as_als(centres: tuple[CentreId, ...]) -> tuple[str, ...]:
    return tuple(kind for centre in centres for kind in AS_GOOD_AS_ALS.get(centre, ()))
