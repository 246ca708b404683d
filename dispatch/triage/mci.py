"""Sorting many injured at once: START, JumpSTART and SALT as trees of yes and no. Pure.

START (Hoag Hospital and Newport Beach Fire Department 1983; modified START of 1996 uses the radial
pulse) for whoever looks grown up, about 8 years and over. JumpSTART (Romig 1995) for whoever looks
like a child. SALT (2008, Lerner 2011) for all ages.

    START      walks: green. Not breathing: open the airway; breathes: red, does not: black.
               RR > 30 red; no radial pulse or refill > 2 s red; does not obey red; else yellow.
    JumpSTART  walks: green. Not breathing: open the airway; breathes: red; no pulse: black;
               5 rescue breaths; breathes: red, does not: black. RR < 15 or > 45 red; no peripheral
               pulse red; A, V or appropriate P: yellow; inappropriate P or U: red.
    SALT       not breathing after life-saving interventions: black. Obeys, has a peripheral pulse,
               no respiratory distress and bleeding controlled: only minor injuries green, else
               yellow. One no: likely to survive with what is at hand red, else grey.

What is not known is walked both ways. If every way ends in one colour, that is the answer, so that
a certain red waits for nothing. Otherwise the answer is "NEED:" and the first step, in the order of
the protocol, whose answer makes a difference. Nobody is black before the airway was opened.

Not here: the field triage of one injured patient (`dispatch.triage.trauma`).
"""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from dispatch.errors import BadPayload

Algorithm = Literal["START", "JumpSTART", "SALT"]
Category = Literal["GREEN", "YELLOW", "RED", "BLACK", "GREY"]
Avpu = Literal["A", "V", "P_appropriate", "P_inappropriate", "P", "U"]
Ask = Literal[
    "walk", "breathing", "open_airway", "rr", "perfusion", "mental", "pulse", "five_breaths",
    "lsi", "distress", "bleeding", "minor", "survival",
]  # fmt: skip

START_RESP_ABOVE_PER_MIN: Final = 30  # Hoag 1983; 30 itself passes
CRT_ABOVE_S: Final = 2  # Hoag 1983; 2 s itself passes
JUMPSTART_RESP_BELOW_PER_MIN: Final = 15  # Romig 1995
JUMPSTART_RESP_ABOVE_PER_MIN: Final = 45  # Romig 1995
JUMPSTART_BREATHS: Final = 5  # Romig 1995, after the airway, with a pulse
SALT_CHILD_BREATHS: Final = 2  # Lerner 2011, part of the life-saving interventions

NEMSIS: Final[dict[Category, str]] = {  # NEMSIS 3.5.1 (2023), eScene.08
    "RED": "2708001",
    "YELLOW": "2708003",
    "GREEN": "2708005",
    "GREY": "2708007",
    "BLACK": "2708009",
}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One question of a protocol and where each answer leads."""

    ask: Ask
    yes: "Step | Category"
    no: "Step | Category"


_PERFUSED: Final = Step(ask="perfusion", yes=Step(ask="mental", yes="YELLOW", no="RED"), no="RED")
_RESCUE_BREATHS: Final = Step(
    ask="pulse", yes=Step(ask="five_breaths", yes="RED", no="BLACK"), no="BLACK"
)
_SURVIVAL: Final = Step(ask="survival", yes="RED", no="GREY")
_MINOR: Final = Step(ask="minor", yes="GREEN", no="YELLOW")
_BLEEDING: Final = Step(ask="bleeding", yes=_MINOR, no=_SURVIVAL)
_DISTRESS: Final = Step(ask="distress", yes=_SURVIVAL, no=_BLEEDING)
_PULSE: Final = Step(ask="pulse", yes=_DISTRESS, no=_SURVIVAL)

TREES: Final[dict[Algorithm, Step]] = {
    "START": Step(
        ask="walk",
        yes="GREEN",
        no=Step(
            ask="breathing",
            yes=Step(ask="rr", yes=_PERFUSED, no="RED"),
            no=Step(ask="open_airway", yes="RED", no="BLACK"),
        ),
    ),
    "JumpSTART": Step(
        ask="walk",
        yes="GREEN",
        no=Step(
            ask="breathing",
            yes=Step(ask="rr", yes=_PERFUSED, no="RED"),
            no=Step(ask="open_airway", yes="RED", no=_RESCUE_BREATHS),
        ),
    ),
    "SALT": Step(ask="lsi", yes=Step(ask="mental", yes=_PULSE, no=_SURVIVAL), no="BLACK"),
}


class Casualty(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one casualty; None is not known.

    ``breathes_after_airway`` and ``breathes_after_breaths`` are seen after the airway was opened
    and after the rescue breaths. ``has_distal_pulse`` is the radial (START) or any peripheral pulse
    (JumpSTART), ``has_pulse`` a pulse in a child who does not breathe, or in SALT the peripheral
    pulse. "P" alone says nothing of whether the response to pain was appropriate.
    """

    walks: bool | None = None
    breathes: bool | None = None
    breathes_after_airway: bool | None = None
    breathes_after_breaths: bool | None = None
    resp_rate_per_min: float | None = None
    has_distal_pulse: bool | None = None
    capillary_refill_s: float | None = None
    obeys: bool | None = None
    has_pulse: bool | None = None
    avpu: Avpu | None = None
    breathes_after_lsi: bool | None = None
    has_distress: bool | None = None
    is_bleeding_controlled: bool | None = None
    is_minor: bool | None = None
    is_survivable: bool | None = None


class Sorted(msgspec.Struct, frozen=True, kw_only=True):
    """``category`` when it is certain, else ``ask``: the next step of the protocol."""

    category: Category | None
    ask: Ask | None


def algorithm_for(looks_like_child: bool) -> Algorithm:
    """JumpSTART for whoever looks like a child, START for everybody else (Romig 1995)."""
    return "JumpSTART" if looks_like_child else "START"


def sort(algorithm: Algorithm, seen: Casualty) -> Sorted:
    """The category of one casualty, or what to find out next.

    Raises BadPayload("contradiction") for one who walks without breathing or breathes at a rate of
    zero: a slip of the finger must not turn into a colour.
    """
    tree, answers = TREES[algorithm], _answers(algorithm, seen)
    ask = _next_ask(tree, answers)
    category = None if ask else next(iter(outcomes(tree, answers)))
    return Sorted(category=category, ask=ask)


def outcomes(here: Step | Category, answers: Mapping[Ask, bool | None]) -> frozenset[Category]:
    """Every category that can still come out; steps without an answer are walked both ways."""
    if not isinstance(here, Step):
        return frozenset({here})
    answer = answers[here.ask]
    if answer is not None:
        return outcomes(here.yes if answer else here.no, answers)
    return outcomes(here.yes, answers) | outcomes(here.no, answers)


def global_sort(walks: bool | None, waves: bool | None, has_threat: bool | None) -> int | None:
    """SALT, who is looked at first (1) to last (3); None when that is not known (Lerner 2011).

    Still, or with an obvious threat to life: 1. Waves or moves with purpose: 2. Walks: 3.
    """
    if has_threat:
        return 1
    if walks:
        return 3 if has_threat is False else None
    if walks is None or waves is None:
        return None
    if not waves:
        return 1
    return 2 if has_threat is False else None


def _next_ask(here: Step | Category, answers: Mapping[Ask, bool | None]) -> Ask | None:
    """The first step without an answer that makes a difference; None when none does."""
    if not isinstance(here, Step):
        return None
    answer = answers[here.ask]
    if answer is None and outcomes(here.yes, answers) != outcomes(here.no, answers):
        return here.ask
    return _next_ask(here.no if answer is False else here.yes, answers)


def _answers(algorithm: Algorithm, seen: Casualty) -> dict[Ask, bool | None]:
    is_child = algorithm == "JumpSTART"
    breathes = _breathes(seen)
    return {
        "walk": False if breathes is False else seen.walks,
        "breathing": breathes,
        "open_airway": seen.breathes_after_airway,
        "five_breaths": seen.breathes_after_breaths,
        "rr": _is_rate_right(is_child, seen.resp_rate_per_min),
        "perfusion": seen.has_distal_pulse if is_child else _is_perfused(seen),
        "mental": _CHILD_MENTAL.get(seen.avpu) if is_child else seen.obeys,
        "pulse": _has_pulse(is_child, seen),
        "lsi": seen.breathes_after_lsi,
        "distress": seen.has_distress,
        "bleeding": seen.is_bleeding_controlled,
        "minor": seen.is_minor,
        "survival": seen.is_survivable,
    }


_CHILD_MENTAL: Final[dict[Avpu | None, bool]] = {
    "A": True,
    "V": True,
    "P_appropriate": True,
    "P_inappropriate": False,
    "U": False,
}


def _breathes(seen: Casualty) -> bool | None:
    """A rate of zero is not breathing; nobody walks who does not breathe."""
    if seen.breathes and seen.resp_rate_per_min == 0:
        raise BadPayload("contradiction", "breathing at a rate of 0/min")
    breathes = False if seen.resp_rate_per_min == 0 else seen.breathes
    if seen.walks and breathes is False:
        raise BadPayload("contradiction", "walks but does not breathe")
    return breathes


def _is_rate_right(is_child: bool, rate_per_min: float | None) -> bool | None:
    if rate_per_min is None:
        return None
    if is_child:
        return JUMPSTART_RESP_BELOW_PER_MIN <= rate_per_min <= JUMPSTART_RESP_ABOVE_PER_MIN
    return rate_per_min <= START_RESP_ABOVE_PER_MIN


def _is_perfused(seen: Casualty) -> bool | None:
    """Radial pulse or capillary refill, whichever was looked at; one bad sign is enough."""
    is_refilled = (
        None if seen.capillary_refill_s is None else seen.capillary_refill_s <= CRT_ABOVE_S
    )
    signs = {seen.has_distal_pulse, is_refilled} - {None}
    return all(signs) if signs else None


def _has_pulse(is_child: bool, seen: Casualty) -> bool | None:
    """A pulse felt at the wrist is a pulse; none there says nothing of a child's central pulse."""
    if seen.has_pulse is not None or (is_child and not seen.has_distal_pulse):
        return seen.has_pulse
    return seen.has_distal_pulse
