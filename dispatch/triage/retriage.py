"""Changing the priority of a call: freely up, down only with a reason and a second person. Pure.

POLICY (CDC-0). A downgrade is refused, with every fault named, unless there is a reason and two
different persons stand for it; while the caller reports that it is worse; or when answers were
lost: what is no longer known never lowers anything. A caller who reports worse or
rings again makes a new triage due, whatever is proposed.

Not here: who may do it and where it is recorded (`dispatch.domain`).
"""

import unicodedata
from typing import Final, Literal

import msgspec

from dispatch.triage.criterion import Priority

Change = Literal["upgrade", "downgrade", "same", "none"]
Fault = Literal["reason_needed", "second_person_needed", "reported_worse", "answers_lost"]
FAULTS: Final[dict[Fault, tuple[str, str]]] = {
    "reason_needed": ("降级需要理由", "a downgrade needs a reason"),
    "second_person_needed": (
        "降级需要另一名人员共同确认",
        "a downgrade needs a second person, other than the first",
    ),
    "reported_worse": (
        "来电人报告加重，先重新分级",
        "the caller reports worse: triage again first",
    ),
    "answers_lost": ("信息丢失不能作为降级依据", "lost answers never lower a priority"),
}
"""Why a downgrade is refused, in Chinese and English, in the order in which it is said."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A change of priority; ``proposed`` None when only a new report came in.

    ``by`` and ``second`` are names or ids of persons.
    """

    current: Priority
    proposed: Priority | None = None
    reason: str = ""
    by: str = ""
    second: str = ""
    is_reported_worse: bool = False
    is_repeat_call: bool = False
    is_answers_lost: bool = False


class Retriage(msgspec.Struct, frozen=True, kw_only=True):
    """``priority`` is the one that holds afterwards: the current one where refused."""

    is_allowed: bool
    change: Change
    priority: Priority
    faults: tuple[Fault, ...]
    is_triage_due: bool


def judge(proposal: Proposal) -> Retriage:
    """Whether a priority may be changed as proposed (POLICY, CDC-0)."""
    change = _change(proposal)
    faults = _faults(proposal) if change == "downgrade" else ()
    holds = proposal.current if faults or proposal.proposed is None else proposal.proposed
    return Retriage(
        is_allowed=not faults,
        change=change,
        priority=holds,
        faults=faults,
        is_triage_due=proposal.is_reported_worse or proposal.is_repeat_call,
    )


def _change(proposal: Proposal) -> Change:
    if proposal.proposed is None:
        return "none"
    if proposal.proposed == proposal.current:
        return "same"
    return "upgrade" if proposal.proposed < proposal.current else "downgrade"


def _faults(proposal: Proposal) -> tuple[Fault, ...]:
    first, second = _person(proposal.by), _person(proposal.second)
    found: dict[Fault, bool] = {
        "reason_needed": not proposal.reason.strip(),
        "second_person_needed": not first or not second or first == second,
        "reported_worse": proposal.is_reported_worse,
        "answers_lost": proposal.is_answers_lost,
    }
    return tuple(fault for fault, is_there in found.items() if is_there)


def _person(name: str) -> str:
    """A name as it is compared: one person written in two ways is not two persons."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
