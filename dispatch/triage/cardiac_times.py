"""Time targets of the chest-pain pathway, and the form in which any centre's targets are written.

Published targets with their source and year; nothing here decides. `dispatch.triage.reperfusion`
starts these clocks, quality compares with them. The edition of the Chinese certification standard
(CPC) could only be read in copies and is to be verified.

Not here: intervals of a day's log (`dispatch.quality`), the reperfusion limit as a rule.
"""

from typing import Final, Literal

import msgspec

Measure = Literal["each", "mean", "share"]

_ESC: Final = "ESC 2023"
_ACC: Final = "ACC/AHA 2025, read in secondary copies"
_CPC: Final = "China Chest Pain Centre certification, re-certification standard"
_GK: Final = "general knowledge, ACC/AHA measure and the Chinese primary-care edition"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One target between two moments.

    ``measure``: ``each`` patient is held to ``limit_min``, the monthly ``mean`` is, or the
    ``share`` of patients is at least ``share_pct``. ``is_inclusive`` says whether exactly the limit
    still keeps it; ``from_min`` opens a window that closes at the limit.
    """

    interval: str
    source: str
    measure: Measure = "each"
    limit_min: float | None = None
    from_min: float | None = None
    is_inclusive: bool = True
    share_pct: float | None = None
    is_general_knowledge: bool = False


TARGETS: Final = (
    Target(interval="contact_to_ecg_read", limit_min=10, source=f"{_ESC}; {_ACC}"),
    Target(
        interval="contact_to_ecg_read_monthly",
        measure="mean",
        limit_min=10,
        is_inclusive=False,
        share_pct=75,
        source=_CPC,
    ),
    Target(interval="ecg_to_physician_diagnosis", measure="mean", limit_min=10, source=_CPC),
    Target(interval="diagnosis_to_wire_at_ppci_hospital", limit_min=60, source=_ESC),
    Target(interval="diagnosis_to_wire_after_transfer", limit_min=90, source=_ESC),
    Target(interval="diagnosis_to_wire_or_lysis_instead", limit_min=120, source=_ESC),
    Target(interval="diagnosis_to_lysis", limit_min=10, source=_ESC),
    Target(interval="contact_to_device", limit_min=90, source=_ACC),
    Target(interval="contact_to_device_after_transfer", limit_min=120, source=_ACC),
    Target(interval="door_to_needle", limit_min=30, source=_ACC),
    Target(interval="door_to_wire", measure="mean", limit_min=90, share_pct=75, source=_CPC),
    Target(interval="cath_lab_activation", limit_min=30, is_inclusive=False, source=_CPC),
    Target(interval="bedside_troponin", measure="mean", limit_min=20, source=_CPC),
    Target(interval="ecg_sent_before_arrival", measure="share", share_pct=30, source=_CPC),
    Target(interval="ppci_bypassing_ed_and_ccu", measure="share", share_pct=30, source=_CPC),
    Target(interval="walk_in_bypassing_ccu", measure="share", share_pct=50, source=_CPC),
    Target(interval="door_in_to_door_out", limit_min=30, source=_GK, is_general_knowledge=True),
    Target(interval="lysis_to_angiography", from_min=120, limit_min=1440, source=_ESC),
    Target(
        interval="lysis_to_rescue_decision",
        from_min=60,
        limit_min=90,
        source=f"{_ESC}, and general knowledge",
        is_general_knowledge=True,
    ),
)
BY_INTERVAL: Final = {target.interval: target for target in TARGETS}


def limit_text(target: Target) -> str:
    """The target as people write it, "<= 90 min" or "<= 90 min, >= 75 %"."""
    parts: list[str] = []
    if target.limit_min is not None:
        sign = "<=" if target.is_inclusive else "<"
        window = "" if target.from_min is None else f"{target.from_min:g} to "
        parts.append(f"{window}{'' if window else sign + ' '}{target.limit_min:g} min")
    if target.share_pct is not None:
        parts.append(f">= {target.share_pct:g} %")
    return ", ".join(parts)
