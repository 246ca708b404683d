"""What the tags of a road mean: a table of the cases people really map."""

import pytest

from maps.network.graph import BRIDGE, CLASSES, RESTRICTED, TOLL, TUNNEL, UNPAVED
from maps.osm import tags as meaning
from maps.osm.kinds import IMPORTANCE, facility_kind, importance, kind_of

Tags = dict[str, str]


@pytest.mark.parametrize("name", [name for name in CLASSES if name not in {"path", "ferry"}])
def test_every_class_of_the_graph_is_read_from_its_own_word(name: str) -> None:
    assert meaning.road_class({"highway": name}) == CLASSES.index(name)


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        ({"highway": "road"}, "unclassified"),
        ({"highway": "footway", "emergency": "yes"}, "path"),
        ({"highway": "cycleway", "motor_vehicle": "yes"}, "path"),
        ({"highway": "path", "motorcar": "designated"}, "path"),
        ({"highway": "service", "access": "private"}, "service"),
        ({"route": "ferry", "motor_vehicle": "yes", "foot": "yes"}, "ferry"),
        ({"route": "ferry"}, "ferry"),
    ],
)
def test_ways_that_are_driven(tags: Tags, name: str) -> None:
    assert meaning.road_class(tags) == CLASSES.index(name)


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "footway"},
        {"highway": "path", "access": "yes"},  # on foot
        {"highway": "steps", "emergency": "yes"},
        {"highway": "construction"},
        {"highway": "proposed"},
        {"highway": "pedestrian", "area": "yes"},
        {"highway": "service", "emergency": "no"},
        {"highway": "ferry"},
        {"railway": "rail"},
        {"route": "ferry", "motor_vehicle": "no"},
        {"route": "ferry", "foot": "yes"},
        {"route": "ferry", "vehicle": "no", "motorcar": "no"},
    ],
)
def test_ways_that_are_not_driven(tags: Tags) -> None:
    assert meaning.road_class(tags) is None


@pytest.mark.parametrize(
    ("tags", "ways"),
    [
        ({}, (True, True)),
        ({"oneway": "yes"}, (True, False)),
        ({"oneway": "1"}, (True, False)),
        ({"oneway": "-1"}, (False, True)),
        ({"oneway": "no", "highway": "motorway"}, (True, True)),
        ({"highway": "motorway"}, (True, False)),
        ({"highway": "motorway_link"}, (True, True)),
        ({"junction": "roundabout"}, (True, False)),
        ({"junction": "circular", "oneway": "no"}, (True, True)),
        ({"oneway": "yes", "oneway:emergency": "no"}, (True, True)),
        ({"oneway": "reversible"}, (True, True)),
    ],
)
def test_directions(tags: Tags, ways: tuple[bool, bool]) -> None:
    assert meaning.directions(tags) == ways


@pytest.mark.parametrize(
    ("text", "speed_kmh"),
    [
        ("50", 50), ("50 km/h", 50), ("50km/h", 50), ("30 mph", 48), ("30mph", 48), (" 60 ", 60),
        ("CN:urban", 50), ("CN:motorway", 120), ("DE:zone30", 30), ("DE:zone:30", 30),
        ("7.5", 8), ("none", 0), ("signals", 0), ("walk", 0), ("50;80", 0), ("", 0), ("0", 0),
        ("999", 0), ("-50", 0), ("XX:urban", 0), ("fifty", 0), ("20 knots", 0),
    ],
)  # fmt: skip
def test_speeds(text: str, speed_kmh: int) -> None:
    assert meaning.speed_kmh(text) == speed_kmh


def test_a_limit_may_differ_by_direction_and_come_from_the_kind_of_zone() -> None:
    assert meaning.limits_kmh({"maxspeed": "60", "maxspeed:backward": "40"}) == (60, 40)
    assert meaning.limits_kmh({"maxspeed": "signals", "source:maxspeed": "DE:urban"}) == (50, 50)
    assert meaning.limits_kmh({"maxspeed": "none", "source:maxspeed": "sign"}) == (0, 0)


@pytest.mark.parametrize(
    ("tags", "flags"),
    [
        ({"bridge": "viaduct", "toll": "yes"}, BRIDGE | TOLL),
        ({"tunnel": "building_passage", "bridge": "no"}, TUNNEL),
        ({"surface": "gravel"}, UNPAVED),
        ({"tracktype": "grade4"}, UNPAVED),
        ({"surface": "asphalt"}, 0),
        ({"access": "private"}, RESTRICTED),
        ({"motor_vehicle": "no"}, RESTRICTED),
        ({"access": "private", "motor_vehicle": "yes"}, 0),
        ({"access": "no", "emergency": "yes"}, 0),
    ],
)
def test_flags(tags: Tags, flags: int) -> None:
    assert meaning.flags(tags) == flags


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("20", 20), ("00:20", 20), ("1:30", 90), ("01:00:30", 60.5), ("PT20M", 20), ("PT1H5M", 65),
     ("PT", 0), ("soon", 0), ("", 0)],
)  # fmt: skip
def test_the_duration_of_a_ferry(text: str, minutes: float) -> None:
    assert meaning.minutes({"duration": text}) == minutes


def test_names_are_clean_and_each_is_there_once() -> None:
    tags = {
        "name": "人民\n 路",
        "name:zh": "人民 路",
        "alt_name": "老街; 正街",
        "name:en": "Renmin Rd",
    }
    assert meaning.names(tags) == ("人民 路", "Renmin Rd", "老街", "正街")
    assert meaning.display_name({"ref": "S204;G319"}) == "S204"
    assert meaning.display_name({}) == ""
    assert len(meaning.clean("长" * 1000)) == 200


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"place": "village"}, "village"),
        ({"place": "sea"}, None),
        ({"amenity": "hospital", "building": "yes"}, "hospital"),
        ({"healthcare": "centre"}, "clinic"),
        ({"healthcare": "physiotherapist"}, "health"),
        ({"amenity": "pharmacy", "healthcare": "pharmacy"}, "pharmacy"),
        ({"landuse": "residential"}, "estate"),
        ({"building": "yes"}, "building"),
        ({"building": "no"}, None),
        ({"shop": "supermarket", "building": "retail"}, "shop"),
        ({"highway": "milestone"}, "kilometre_post"),
        ({"highway": "residential"}, None),
    ],
)
def test_kinds(tags: Tags, kind: str | None) -> None:
    found = kind_of(tags)
    assert (found and found[0]) == kind
    assert kind is None or kind in IMPORTANCE


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "clinic"}, "clinic"),
        ({"healthcare": "hospital"}, "hospital"),
        ({"healthcare": "blood_donation"}, "blood"),
        ({"healthcare": "pharmacy"}, None),
        ({"amenity": "dentist", "healthcare": "dentist"}, None),
        ({"amenity": "hospital", "disused": "yes"}, None),
        ({"amenity": "hospital", "name": "Church Home (historical)"}, None),
    ],
)
def test_facilities_are_where_an_ambulance_may_bring_someone(tags: Tags, kind: str | None) -> None:
    assert facility_kind(tags) == kind


def test_the_larger_of_two_settlements_ranks_higher_and_nothing_ranks_above_one() -> None:
    small, large = ({"population": people} for people in ("900", "90,000"))
    assert importance("town", small) < importance("town", large) < 1
    assert importance("city", {"population": "20000000"}) == 1
    assert importance("town", {"population": "many"}) == IMPORTANCE["town"]
