"""From what the pathways found to what destination choice asks for. Pure."""

from msgspec.structs import replace

from dispatch.triage.need import Needs
from hospital_gateway.destination import Case


def case_from(needs: Needs, known: Case) -> Case:
    """``known`` with the patient's needs: the centres are theirs, capabilities are added.

    R0 and the ban on passing a nearer place hold when either side says so.
    """
    return replace(
        known,
        centres=needs.centres,
        requires=tuple(dict.fromkeys((*known.requires, *needs.requires))),
        prefers=tuple(dict.fromkeys((*known.prefers, *needs.prefers))),
        may_bypass=known.may_bypass and needs.may_bypass,
        is_immediate=known.is_immediate or needs.is_immediate,
    )
