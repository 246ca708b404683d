"""What a priority means, its codes and response standards, and the standards of arrest calls. Pure.

    level  NEMSIS eDispatch.05 (3.5.1, 2023)  ARP (NHS England 2017)  mean   90th centile
    P1     2305001 Critical                   Category 1              7 min  15 min
    P2     2305003 Emergent                   Category 2              18     40
    P3     2305005 Lower Acuity               Category 3              -      120
    P4     2305007 Non-Acute                  Category 4              -      180

The standards are met at the limit (at most). The clock of category 1 stops when the first
responder who can treat arrives, that of the others with the response that is right for the patient
(conveying). Colours and wording of the levels are ours (POLICY). Times of whole services are not
computed here: these are the standards of one category and of one arrest call.
"""

from typing import Final, Literal

import msgspec

from dispatch.triage.criterion import Priority


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """One level; minutes of the Ambulance Response Programme (NHS England 2017)."""

    colour: str
    meaning_zh: str
    meaning_en: str
    nemsis: str
    nemsis_name: str
    arp: str
    mean_min: int | None
    p90_min: int
    clock_stop: Literal["first_responder", "conveying"]


RESPONSES: Final[dict[Priority, Response]] = {
    "P1": Response(
        colour="red",
        meaning_zh="红：立即威胁生命；派最近的高级生命支持单元，鸣笛，电话指导按压或止血",
        meaning_en="red: immediate threat to life; nearest capable unit, advanced life support,"
        " hot, instructions for compressions or bleeding by telephone",
        nemsis="2305001",
        nemsis_name="Critical",
        arp="Category 1",
        mean_min=7,
        p90_min=15,
        clock_stop="first_responder",
    ),
    "P2": Response(
        colour="orange",
        meaning_zh="橙：时间紧迫的急症",
        meaning_en="orange: time-critical emergency",
        nemsis="2305003",
        nemsis_name="Emergent",
        arp="Category 2",
        mean_min=18,
        p90_min=40,
        clock_stop="conveying",
    ),
    "P3": Response(
        colour="yellow",
        meaning_zh="黄：需要处理，但不危急",
        meaning_en="yellow: needs care, not time-critical",
        nemsis="2305005",
        nemsis_name="Lower Acuity",
        arp="Category 3",
        mean_min=None,
        p90_min=120,
        clock_stop="conveying",
    ),
    "P4": Response(
        colour="green",
        meaning_zh="绿：非急症、咨询或预约转运",
        meaning_en="green: non-urgent, advice or scheduled transfer",
        nemsis="2305007",
        nemsis_name="Non-Acute",
        arp="Category 4",
        mean_min=None,
        p90_min=180,
        clock_stop="conveying",
    ),
}


class ArrestStandards(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds that an arrest call must stay under, as configuration.

    Goals of the AHA and the Resuscitation Academy: call to recognition and call to first
    compression. ``after_address_s`` is the second way to meet the compression standard, from the
    verified address (AEDR 2017). The ``median`` values are the AHA's of 2020 for a service
    and the ``best`` ones of a high-performing service (GK: to be verified at the AHA).
    """

    recognition_s: float = 120
    compression_s: float = 180
    after_address_s: float = 120
    median_recognition_s: float = 90
    median_compression_s: float = 150
    best_recognition_s: float = 60
    best_compression_s: float = 90


class ArrestTimes(msgspec.Struct, frozen=True, kw_only=True):
    """One arrest call, in seconds; None is not known. A negative time is a clock that was wrong."""

    recognition_s: float | None = None
    compression_s: float | None = None
    compression_after_address_s: float | None = None


class ArrestAudit(msgspec.Struct, frozen=True, kw_only=True):
    """Whether each standard was met; None where it cannot be said.

    ``invalid`` are times before their own beginning, left out and to be counted; ``missing`` those
    not given. Every arrest call is audited.
    """

    is_recognition_met: bool | None
    is_compression_met: bool | None
    is_aedr_met: bool | None
    missing: tuple[str, ...]
    invalid: tuple[str, ...]


def audit(times: ArrestTimes, standards: ArrestStandards) -> ArrestAudit:
    """One arrest call against the goals (AHA/Resuscitation Academy, AEDR 2017), strictly less."""
    given = {name: getattr(times, name) for name in times.__struct_fields__}
    valid = {name: value for name, value in given.items() if value is not None and value >= 0}
    compression = _is_under(valid.get("compression_s"), standards.compression_s)
    after_address = _is_under(valid.get("compression_after_address_s"), standards.after_address_s)
    return ArrestAudit(
        is_recognition_met=_is_under(valid.get("recognition_s"), standards.recognition_s),
        is_compression_met=compression,
        is_aedr_met=_either(compression, after_address),
        missing=tuple(name for name, value in given.items() if value is None),
        invalid=tuple(name for name, value in given.items() if value is not None and value < 0),
    )


def _is_under(seconds: float | None, limit_s: float) -> bool | None:
    return None if seconds is None else seconds < limit_s


def _either(first: bool | None, second: bool | None) -> bool | None:
    """Met by one of two ways; failed only when both are known to have failed."""
    if first or second:
        return True
    return None if first is None or second is None else False
