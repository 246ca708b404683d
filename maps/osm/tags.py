"""What the tags of a road mean to an ambulance: class, direction, limit, flags, names.

The meanings are those of the OpenStreetMap wiki; where it leaves a choice, the choice is made for a
vehicle with lights and sirens and its reason stands beside it. Turn restrictions, and the bars and
gates on a road, are not read here: they are counted by `maps.osm.extract` and reported.
"""

import re
from collections.abc import Mapping
from typing import Final

from maps.limits import MAX_MAP_NAME_CHARS
from maps.network.graph import BRIDGE, CLASSES, RESTRICTED, TOLL, TUNNEL, UNPAVED

Tags = Mapping[str, str]

# Ways made for feet and bicycles: an ambulance fits only where the map says that a vehicle does.
_NARROW: Final = frozenset({"path", "footway", "cycleway", "bridleway"})
_OTHER_WORDS: Final = {"road": "unclassified", "busway": "service"}  # unknown class; bus lanes
_MAY: Final = frozenset({"yes", "designated", "permissive", "official", "destination"})
_CLOSED: Final = frozenset({"private", "no", "military", "agricultural", "forestry", "delivery"})
_VEHICLE_KEYS: Final = ("motorcar", "motor_vehicle", "vehicle", "access")  # the narrowest rules
_UNPAVED: Final = frozenset(
    {"unpaved", "gravel", "fine_gravel", "pebblestone", "dirt", "earth", "ground", "grass", "sand",
     "mud", "clay", "rock", "compacted", "woodchips", "snow", "ice"}
)  # fmt: skip
_ROUNDABOUTS: Final = frozenset({"roundabout", "circular"})

_KMH_PER_MPH: Final = 1.609344
_SLOWEST_KMH: Final = 3.0  # below walking pace, or above what a column of one byte holds, it is
_FASTEST_KMH: Final = 250.0  # a typing error: counted as unknown
_SPEED: Final = re.compile(r"^(\d{1,3}(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?$")
_ZONE: Final = re.compile(r"^[A-Z]{2}:(?:zone:?)?(\d{1,3})$")
# Limits that the law gives to a kind of road, km/h (OpenStreetMap wiki, Default_speed_limits).
_BY_LAW_KMH: Final = {
    "CN:urban": 50, "CN:rural": 70, "CN:motorway": 120,
    "DE:urban": 50, "DE:rural": 100, "DE:living_street": 7,
    "AT:urban": 50, "AT:rural": 100, "AT:trunk": 100, "AT:motorway": 130,
    "CH:urban": 50, "CH:rural": 80, "CH:motorway": 120,
    "FR:urban": 50, "FR:rural": 80, "FR:motorway": 130,
    "FI:urban": 50, "FI:rural": 80, "FI:motorway": 120,
    "IT:urban": 50, "IT:rural": 90, "IT:motorway": 130,
    "RU:urban": 60, "RU:rural": 90, "RU:motorway": 110, "RU:living_street": 20,
}  # fmt: skip
_LIMIT_KEYS: Final = ("maxspeed", "maxspeed:type", "source:maxspeed", "zone:maxspeed",
                      "zone:traffic")  # fmt: skip

_CLOCK: Final = re.compile(r"^(?:(\d{1,2}):)?(\d{1,3}):(\d{2})$")
_ISO: Final = re.compile(r"^PT(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?$")

NAME_KEYS: Final = (
    "name", "name:zh", "name:zh-Hans", "name:en", "official_name", "short_name", "alt_name",
    "loc_name", "old_name", "int_name", "name:zh_pinyin",
)  # fmt: skip


def road_class(tags: Tags) -> int | None:
    """The place in `CLASSES` of a way that an ambulance may drive; None for any other way.

    Not driven: what is built or planned, squares (area=yes), steps, ways for feet and bicycles that
    no tag opens to vehicles, and whatever says emergency=no.
    """
    if tags.get("area") == "yes" or tags.get("emergency") == "no":
        return None
    if tags.get("route") == "ferry":
        return CLASSES.index("ferry") if carries_vehicles(tags) else None
    word = tags.get("highway", "")
    word = _OTHER_WORDS.get(word, word)
    if word in _NARROW:
        is_open = tags.get("emergency") in _MAY or _first(tags, _VEHICLE_KEYS[:-1]) in _MAY
        return CLASSES.index("path") if is_open else None
    return CLASSES.index(word) if word in CLASSES and word != "ferry" else None


def carries_vehicles(tags: Tags) -> bool:
    """Whether a ferry takes an ambulance; one that names only its foot passengers does not."""
    said = _first(tags, _VEHICLE_KEYS[:-1])
    if said is not None:
        return said != "no"
    return "foot" not in tags and "bicycle" not in tags and tags.get("access") != "no"


def directions(tags: Tags) -> tuple[bool, bool]:
    """Whether an ambulance may drive it (as drawn, against that).

    Lanes whose direction changes over the day count as both: the crew sees the signs.
    """
    said = tags.get("oneway:emergency") or tags.get("oneway")
    if said in {"yes", "true", "1"}:
        return True, False
    if said in {"-1", "reverse"}:
        return False, True
    if said is None and (tags.get("highway") == "motorway" or tags.get("junction") in _ROUNDABOUTS):
        return True, False
    return True, True


def limits_kmh(tags: Tags) -> tuple[int, int]:
    """The posted limits in km/h (as drawn, against that), 0 where none is known."""
    both = next((found for key in _LIMIT_KEYS if (found := speed_kmh(tags.get(key, "")))), 0)
    ahead = speed_kmh(tags.get("maxspeed:forward", "")) or both
    back = speed_kmh(tags.get("maxspeed:backward", "")) or both
    return ahead, back


def speed_kmh(text: str) -> int:
    """One limit as written: "50", "50 km/h", "30 mph", "CN:urban", "DE:zone30"; 0 for others.

    "none", "signals", "walk" and lists are 0 on purpose: no number may be made of them.
    """
    text = text.strip()
    if text in _BY_LAW_KMH:
        return _BY_LAW_KMH[text]
    found = _ZONE.match(text) or _SPEED.match(text.lower())
    if found is None:
        return 0
    is_mph = found.re is _SPEED and found.group(2) == "mph"
    speed = float(found.group(1)) * (_KMH_PER_MPH if is_mph else 1.0)
    return round(speed) if _SLOWEST_KMH <= speed <= _FASTEST_KMH else 0


def flags(tags: Tags) -> int:
    """BRIDGE, TUNNEL, UNPAVED, RESTRICTED and TOLL of a road, as `maps.network.graph` has them."""
    found = BRIDGE if tags.get("bridge", "no") != "no" else 0
    found |= TUNNEL if tags.get("tunnel", "no") != "no" else 0
    is_rough = tags.get("tracktype") in {"grade2", "grade3", "grade4", "grade5"}
    found |= UNPAVED if is_rough or tags.get("surface") in _UNPAVED else 0
    is_closed = _first(tags, _VEHICLE_KEYS) in _CLOSED or tags.get("highway") == "busway"
    found |= RESTRICTED if is_closed and tags.get("emergency") not in _MAY else 0
    return found | (TOLL if tags.get("toll") == "yes" else 0)


def minutes(tags: Tags) -> float:
    """The duration of a ferry in minutes ("00:20", "1:30:00", "20", "PT20M"); 0 if not said."""
    text = tags.get("duration", "").strip()
    if text.isdecimal():
        return float(text)
    if found := _CLOCK.match(text):
        # hh:mm, or hh:mm:ss when there are three numbers
        if found.group(1) is None:
            return int(found.group(2)) * 60.0 + int(found.group(3))
        return int(found.group(1)) * 60.0 + int(found.group(2)) + int(found.group(3)) / 60.0
    if (found := _ISO.match(text)) and text != "PT":
        return int(found.group(1) or 0) * 60.0 + int(found.group(2) or 0)
    return 0.0


def clean(text: str) -> str:
    """One line without runs of blanks, cut to the length of a name."""
    return " ".join(text.split())[:MAX_MAP_NAME_CHARS].strip()


def names(tags: Tags) -> tuple[str, ...]:
    """Every name it goes by, each once, the one on the signs first."""
    found = (clean(part) for key in NAME_KEYS for part in tags.get(key, "").split(";"))
    return tuple(dict.fromkeys(name for name in found if name))


def refs(tags: Tags) -> tuple[str, ...]:
    """The numbers of a road ("S204"), each once."""
    found = (clean(part) for part in tags.get("ref", "").split(";"))
    return tuple(dict.fromkeys(ref for ref in found if ref))


def display_name(tags: Tags) -> str:
    """The one name a road is shown with: its name, else its number, else nothing."""
    return next(iter(names(tags) or refs(tags)), "")


def _first(tags: Tags, keys: tuple[str, ...]) -> str | None:
    return next((tags[key] for key in keys if key in tags), None)
