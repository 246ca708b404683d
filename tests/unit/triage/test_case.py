"""From needs to a case: what the pathways say is added to what is known, never taken away."""

from dispatch.ids import CentreId
from dispatch.triage.case import case_from
from dispatch.triage.need import Need, combine
from hospital_gateway.bypass import DEFAULT_CENTRES
from hospital_gateway.destination import Case

TRAUMA = Need(pathway="trauma", decision="red", requires=("blood",), prefers=("burn",))


def _case(*needs: Need, **known) -> Case:
    return case_from(combine(needs, DEFAULT_CENTRES), Case(**known))


def test_no_need_leaves_what_is_known():
    known = Case(wants_eicu=True, age_years=0, requires=("tox",), since_contact_s=60)
    assert case_from(combine((), DEFAULT_CENTRES), known) == known


def test_a_need_brings_its_centre_and_capabilities():
    case = _case(TRAUMA, requires=("blood", "tox"), prefers=("picu", "burn"))
    assert case.centres == (CentreId("trauma"),)
    assert case.requires == ("blood", "tox")
    assert case.prefers == ("picu", "burn")
    assert (case.may_bypass, case.is_immediate) == (True, False)
    assert _case(TRAUMA).requires == ("blood",)
    assert _case(TRAUMA).prefers == ("burn",)


def test_either_side_may_forbid_the_bypass_or_make_it_immediate():
    bound = Need(pathway="stroke", decision="x", may_bypass=False)
    lost = Need(pathway="stroke", decision="x", is_immediate=True)
    assert _case(bound).may_bypass is False
    assert _case(TRAUMA, may_bypass=False).may_bypass is False
    assert _case(lost).is_immediate is True
    assert _case(TRAUMA, is_immediate=True).is_immediate is True
