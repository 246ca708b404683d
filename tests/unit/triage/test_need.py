"""How the needs of one patient meet the centres of one county."""

from dispatch.ids import CentreId
from dispatch.triage.need import Need, centre_for, combine
from hospital_gateway.advice import reason
from hospital_gateway.facilities import Centre
from hospital_gateway.prealert import Colour


def centre(name: str, *serves: str) -> Centre:
    words = dict.fromkeys(("name_zh", "name_en", "short_zh", "short_en", "icon", "colour"), name)
    return Centre(centre_id=CentreId(name), serves=serves, **words)


FIVE = (
    centre("chest_pain"),
    centre("stroke"),
    centre("trauma"),
    centre("maternal"),
    centre("newborn_child", "newborn", "child"),
)
FOUR = (centre("chest_pain"), centre("stroke"), centre("trauma"), centre("respiratory"))
SEVEN = (*FIVE[:4], centre("newborn"), centre("child"), centre("respiratory"))


def test_centres_are_data() -> None:
    assert [centre_for("child", county) for county in (FIVE, FOUR, SEVEN)] == [
        "newborn_child",
        None,
        "child",
    ]
    assert centre_for("newborn", SEVEN) == "newborn"
    assert centre_for("respiratory", FOUR) == "respiratory"
    assert centre_for("newborn_child", FIVE) is None


def test_a_centre_that_serves_others_does_not_serve_its_own_id_by_accident() -> None:
    assert centre_for("chest_pain", (centre("chest_pain", "stroke"),)) is None


def test_no_need_is_the_general_rule() -> None:
    needs = combine((), FIVE)
    assert needs.centres == () and needs.may_bypass and not needs.is_immediate
    assert needs.alert is None


def test_the_gravest_of_each_is_kept() -> None:
    needs = combine(
        (
            Need(pathway="newborn", decision="a", alert=Colour.YELLOW, requires=("nicu_2",)),
            Need(pathway="child", decision="b", requires=("nicu_2", "picu"), may_bypass=False),
            Need(pathway="trauma", decision="c", alert=Colour.RED, prefers=("blood",)),
        ),
        FIVE,
    )
    assert needs.centres == ("newborn_child", "trauma")
    assert needs.requires == ("nicu_2", "picu") and needs.prefers == ("blood",)
    assert not needs.may_bypass
    assert needs.alert is Colour.RED


def test_one_immediate_need_makes_the_patient_immediate() -> None:
    needs = combine(
        (
            Need(pathway="stroke", decision="a", reasons=(reason("lvo"),)),
            Need(pathway="maternal", decision="b", is_immediate=True),
        ),
        FOUR,
    )
    assert needs.is_immediate
    assert needs.centres == ("stroke",)
    assert needs.reasons == (reason("lvo"), reason("centre_not_in_county", pathway="maternal"))
