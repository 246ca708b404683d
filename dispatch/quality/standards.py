"""What is good enough: published standards of the intervals, with source and mark. Pure.

A standard holds for one interval, sometimes for one priority, and says one or more of three things:
a share of the calls within a limit, a mean at most, a 90th percentile at most. A limit is always
kept by a value equal to it. A standard is kept when each of its criteria is; over no calls at all
nothing is kept or broken.

Which standard a county answers to is its own choice (POLICY). Beside the standards stand the goals
of the same documents that no time stamp measures.
"""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from dispatch.quality.intervals import ARP_SOURCE, Priority, Statistics, share_pct

Measure = Literal["share", "mean", "p90"]
Standing = Literal["source", "GK"]


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One demand: ``share_pct`` of the calls within ``limit_s``, or mean or 90th at most that."""

    measure: Measure
    limit_s: float
    share_pct: float = 100.0


class Standard(msgspec.Struct, frozen=True, kw_only=True):
    """One published standard; ``priority`` when it is one priority's only."""

    name: str
    interval: str
    criteria: tuple[Criterion, ...]
    source: str
    priority: Priority | None = None
    mark: Standing = "source"


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """A goal or a reported figure of the same documents, in words, for the page."""

    who: str
    what: str
    source: str
    mark: Standing = "source"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion against what was found; seconds, or per cent for a share.

    All None where nothing was counted.
    """

    criterion: Criterion
    found: float | None
    is_met: bool | None


def _within(limit_s: float, share: float) -> Criterion:
    return Criterion(measure="share", limit_s=limit_s, share_pct=share)


def _minutes(*, mean: float | None = None, p90: float) -> tuple[Criterion, ...]:
    tail = Criterion(measure="p90", limit_s=p90 * 60)
    return (tail,) if mean is None else (Criterion(measure="mean", limit_s=mean * 60), tail)


_CN: Final = "press report 2020-09-25 on 国卫医发〔2020〕19号 (goals to 2025; document number GK)"
_NFPA_1225: Final = "NFPA blog 2023 on NFPA 1225 (2022)"
_NFPA_1225_QUOTED: Final = "summaries of NFPA 1225 (2022) and 1221; buy the standard before quoting"
_NENA: Final = "NENA-STA-020 (2020)"
_CAROLINA: Final = "North Carolina 09 NCAC 06C .0209"
_NFPA_1221: Final = "NFPA 1221 (2010-2013), as an Orange County report quotes it"
_NFPA_1710: Final = "NFPA 1710, secondary summary"
_BEIJING: Final = "健康报 2018"

STANDARDS: Final[dict[str, Standard]] = {
    one.name: one
    for one in (
        Standard(name="cn_answer", interval="answer", criteria=(_within(10, 95),), source=_CN),
        Standard(name="cn_turnout", interval="turnout", criteria=(_within(180, 95),), source=_CN),
        Standard(
            name="beijing_response",
            interval="response",
            criteria=(Criterion(measure="mean", limit_s=900),),
            source=_BEIJING,
        ),
        Standard(
            name="arp_c1",
            interval="arp_response",
            priority="P1",
            criteria=_minutes(mean=7, p90=15),
            source=ARP_SOURCE,
        ),
        Standard(
            name="arp_c2",
            interval="arp_response",
            priority="P2",
            criteria=_minutes(mean=18, p90=40),
            source=ARP_SOURCE,
        ),
        Standard(
            name="arp_c3",
            interval="arp_response",
            priority="P3",
            criteria=_minutes(p90=120),
            source=ARP_SOURCE,
        ),
        Standard(
            name="arp_c4",
            interval="arp_response",
            priority="P4",
            criteria=_minutes(p90=180),
            source=ARP_SOURCE,
        ),
        Standard(
            name="nfpa_1225_answer",
            interval="answer",
            criteria=(_within(10, 90),),
            source=_NFPA_1225,
        ),
        Standard(
            name="nfpa_1225_answer_quoted",
            interval="answer",
            criteria=(_within(15, 90), _within(20, 95)),
            source=_NFPA_1225_QUOTED,
            mark="GK",
        ),
        Standard(
            name="nfpa_1225_process",
            interval="process",
            criteria=(_within(60, 90),),
            source=_NFPA_1225,
        ),
        Standard(
            name="nena_answer",
            interval="answer",
            criteria=(_within(15, 90), _within(20, 95)),
            source=_NENA,
        ),
        Standard(
            name="north_carolina_answer",
            interval="answer",
            criteria=(_within(10, 90), _within(20, 95)),
            source=_CAROLINA,
        ),
        Standard(
            name="nfpa_1221_answer",
            interval="answer",
            criteria=(_within(15, 95), _within(40, 99)),
            source=_NFPA_1221,
        ),
        Standard(
            name="nfpa_1710_process",
            interval="process",
            criteria=(_within(64, 90),),
            source=_NFPA_1710,
        ),
        Standard(
            name="nfpa_1710_travel",
            interval="travel",
            criteria=(_within(240, 90),),
            source=_NFPA_1710,
        ),
    )
}

GOALS: Final[tuple[Goal, ...]] = (
    Goal(who="China", what="urban service radius ≤5 km, rural 10-20 km", source=_CN),
    Goal(who="China", what="≥40 % of ambulances with negative pressure", source=_CN),
    Goal(who="China", what="1 ambulance per 30 000 people", source=_CN, mark="GK"),
    Goal(who="China", what="院前病历书写率 100 %", source=_CN, mark="GK"),
    Goal(who="China", what="危急重症现场监护/抢救措施实施率 98 %", source=_CN, mark="GK"),
    Goal(who="China", what="呼叫满足率 95 %", source=_CN, mark="GK"),
    Goal(who="Beijing", what="call satisfaction ≥95 % by 2020, 1/30 000", source=_BEIJING),
    Goal(who="Shanghai", what="2019: mean 12.4 min, radius 3.5 km (reported)", source="界面 2020"),
    Goal(who="USA", what="call processing 60 s / 90 s, shares not stated", source=_NFPA_1221),
    Goal(
        who="USA",
        what="turnout 60 s (EMS), 80 s (fire), shares not stated",
        source=_NFPA_1710,
    ),
)


class QualityPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Which standards a county answers to when none is named (POLICY, county medical director).

    ``by_interval``: the standard of an interval; ``by_priority``: that of the ARP clock.
    """

    by_interval: tuple[tuple[str, str], ...] = (("answer", "cn_answer"), ("turnout", "cn_turnout"))
    by_priority: tuple[tuple[Priority, str], ...] = (
        ("P1", "arp_c1"),
        ("P2", "arp_c2"),
        ("P3", "arp_c3"),
        ("P4", "arp_c4"),
    )

    def standard_for(self, interval: str, priority: Priority | None) -> Standard | None:
        """The standard of an interval; of the ARP clock that of the priority."""
        found = dict(self.by_interval).get(interval)
        if interval == "arp_response" and priority is not None:
            found = dict(self.by_priority).get(priority)
        return None if found is None else STANDARDS[found]


def limit(limit_s: float, share: float | None) -> tuple[Criterion, ...]:
    """A limit of one's own; without a share every call must keep it."""
    return (_within(limit_s, 100 if share is None else share),)


def check(
    criteria: Sequence[Criterion], rising_s: Sequence[float], found: Statistics
) -> tuple[Kept, ...]:
    """Each criterion against the counted seconds and their statistics."""
    return tuple(_check(criterion, rising_s, found) for criterion in criteria)


def is_kept(kept: Sequence[Kept]) -> bool | None:
    """Whether all criteria are met; None without any, or where nothing was counted."""
    if not kept or any(one.is_met is None for one in kept):
        return None
    return all(one.is_met for one in kept)


def _check(criterion: Criterion, rising_s: Sequence[float], found: Statistics) -> Kept:
    inside, calls = within(rising_s, criterion.limit_s), len(rising_s)
    value = {
        "share": share_pct(inside, calls),
        "mean": found.mean_s,
        "p90": found.p90_s,
    }[criterion.measure]
    if value is None:
        return Kept(criterion=criterion, found=None, is_met=None)
    if criterion.measure == "share":
        is_met = 100 * inside >= criterion.share_pct * calls
    else:
        is_met = value <= criterion.limit_s
    return Kept(criterion=criterion, found=value, is_met=is_met)


def within(seconds: Sequence[float], limit_s: float) -> int:
    """How many do not exceed the limit: exactly the limit still keeps it."""
    return sum(one <= limit_s for one in seconds)
