"""Who sees what, and that nothing is left over: the ways in which a screen once went stale.

The random day looks for more of them; here each has its name. Rights are checked against the
documents themselves, apart from `views`.
"""

import msgspec
import pytest

from dispatch.domain import commands as c
from dispatch.domain.deadlines import SYSTEM
from dispatch.domain.views import Audience, audience_of
from dispatch.errors import Refused
from tests.support.county import UNITS, county
from tests.support.desk import ADMIN, DISPATCHER, INGEST, Desk, crew, staff
from tests.support.random_day import RandomDay
from tests.support.screens import Screens, everything

KINDS = {
    "console": {"county", "call", "incident", "unit", "facility", "prealert", "alarm", "closure"},
    "unit": {"county", "unit", "facility", "prealert", "job", "closure"},
    "facility": {"county", "facility", "prealert", "inbound"},
}
NAMES = {"console": "", "unit": "unit_id", "facility": "facility_id"}


def foreign(screens: Screens) -> list[str]:
    """Documents on a screen that belong to somebody else, by what stands in them."""
    found = []
    for audience, held in screens.held.items():
        for (kind, ident), raw in held.items():
            document = msgspec.json.decode(raw)
            is_own = kind in KINDS[audience.kind] and _concerns(audience, kind, document)
            if not is_own:
                found.append(f"{audience.kind} {audience.scope} has {kind} {ident}")
    return found


def _concerns(audience: Audience, kind: str, document: dict[str, object]) -> bool:
    if audience.kind == "console" or kind in ("county", "closure"):
        return True
    if kind in ("facility", "unit"):
        is_open = audience.kind == "unit" and kind == "facility"  # beds without patients
        beds = document.get("beds", [])
        is_bare = all(not bed["patient"] and bed["held_for"] is None for bed in beds)
        return document["id"] == audience.scope or (is_open and is_bare)
    if kind == "job":
        return document["assignment"]["unit_id"] == audience.scope  # type: ignore[index]
    return document[NAMES[audience.kind]] == audience.scope


@pytest.mark.parametrize("run", range(3))
def test_nobody_holds_what_is_not_theirs(seed: int, run: int) -> None:
    desk = Desk()
    day, screens = RandomDay(desk, seed + run), Screens(desk)
    seen: set[str] = set()
    for _ in range(300):
        command, actor = day.next()
        try:
            desk.take(command, actor)
        except Refused:
            continue
        screens.follow()
        seen |= {kind for held in screens.held.values() for kind, _ in held}
        assert foreign(screens) == []
    assert seen >= {"incident", "unit", "facility", "job", "alarm", "closure"}


def test_names_are_masked_but_for_the_crew_that_drives_there() -> None:
    desk = Desk()
    desk.announced("N01", "H1")
    for scope, kind in (("", "console"), ("H1", "facility")):
        text = b"".join(everything(desk, Audience(kind=kind, scope=scope)).values()).decode()
        assert "李*" in text
        assert "李梅" not in text
        assert "13912342207" not in text
    job = everything(desk, Audience(kind="unit", scope="N01"))["job", "I-1001.A1"].decode()
    assert "李梅" in job
    assert "13912342207" in job


def test_another_hospital_and_another_crew_see_nothing_of_a_patient() -> None:
    desk = Desk()
    desk.announced("N01", "H1")
    for audience in (Audience(kind="facility", scope="H2"), Audience(kind="unit", scope="N02")):
        kinds = {kind for kind, _ in everything(desk, audience)}
        assert kinds <= {"county", "facility", "unit"}


def test_roles_without_a_screen_are_refused() -> None:
    assert audience_of(DISPATCHER) == audience_of(ADMIN) == Audience(kind="console")
    assert audience_of(crew("N01")) == Audience(kind="unit", scope="N01")
    assert audience_of(staff("H1")) == Audience(kind="facility", scope="H1")
    for actor in (INGEST, SYSTEM, c.Actor(role="crew"), c.Actor(role="hospital")):
        with pytest.raises(Refused, match="not_permitted"):
            audience_of(actor)


def told(
    screens: Screens, desk: Desk, kind: type[c.Command], actor: c.Actor, **fields: object
) -> None:
    desk.tell(kind, actor, **fields)
    screens.follow()
    assert screens.wrong() == []


def test_a_choice_without_a_prealert_takes_one_off_the_former_hospitals_count() -> None:
    desk = Desk()
    _, patient_id = desk.attended("N01")
    screens = Screens(desk)
    for facility_id in ("H1", "H2"):
        fields = {"patient_id": patient_id, "facility_id": facility_id, "override_reason": "x"}
        told(screens, desk, c.ChooseDestination, crew("N01"), **fields)


def test_former_prealerts_leave_with_the_patient() -> None:
    desk = Desk()
    assignment_id, patient_id, alert_id = desk.announced("N01", "H1")
    screens = Screens(desk)
    told(screens, desk, c.RejectPreAlert, staff("H1"), prealert_id=alert_id, reason="full")
    choice = {"patient_id": patient_id, "facility_id": "H2"}
    told(screens, desk, c.ChooseDestination, crew("N01"), **choice)
    told(screens, desk, c.SendPreAlert, crew("N01"), patient_id=patient_id)
    seen = {"patient_id": patient_id, "facility_id": "H1"}
    told(screens, desk, c.MarkDiversionSeen, staff("H1"), **seen)
    for step in ("transporting", "at_destination"):
        advance = {"assignment_id": assignment_id, "step": step}
        told(screens, desk, c.AdvanceAssignment, crew("N01"), **advance)
    told(screens, desk, c.OfferHandover, crew("N01"), patient_id=patient_id)
    told(screens, desk, c.AcceptHandover, staff("H2"), patient_id=patient_id)
    assert not any(kind == "prealert" for held in screens.held.values() for kind, _ in held)


def test_a_new_configuration_redraws_every_screen() -> None:
    desk = Desk()
    desk.announced("N01", "H1")
    screens = Screens(desk)
    smaller = county(units=UNITS[:3])
    told(screens, desk, c.ConfigureCounty, SYSTEM, config=smaller)
    with pytest.raises(Refused, match="county_unchanged"):
        desk.tell(c.ConfigureCounty, SYSTEM, config=smaller)
    with pytest.raises(Refused, match="unit_busy"):
        desk.tell(c.ConfigureCounty, SYSTEM, config=county(units=UNITS[1:]))
    with pytest.raises(Refused, match="unknown_unit"):
        desk.send(desk.incident(), "N04")
