"""What kind of place a thing of the map is, in the few words that search and base map use.

OpenStreetMap has thousands of tag values; a dispatcher needs about fifty kinds. The value itself is
kept beside the kind, so nothing is lost. ``IMPORTANCE`` ranks kinds where names are equal; it is a
local choice, not a measurement. Which tags make a health facility is here too.
"""

import math
from collections.abc import Mapping
from typing import Final

Tags = Mapping[str, str]

SETTLEMENTS: Final = {
    "city": 1.0, "town": 0.9, "county": 0.9, "district": 0.85, "township": 0.8, "village": 0.7,
    "suburb": 0.7, "borough": 0.7, "quarter": 0.6, "hamlet": 0.6, "neighbourhood": 0.5,
    "isolated_dwelling": 0.4, "farm": 0.4, "island": 0.6, "islet": 0.4, "square": 0.5,
    "locality": 0.4,
}  # fmt: skip
"""Values of OSM's ``place`` that are kept, each under its own word as its kind."""

IMPORTANCE: Final = SETTLEMENTS | {
    "admin": 0.75, "road": 0.5, "bridge": 0.5, "kilometre_post": 0.4, "junction": 0.5,
    "hospital": 0.8, "clinic": 0.6, "doctors": 0.5, "pharmacy": 0.4, "health": 0.4,
    "nursing_home": 0.5, "school": 0.5, "kindergarten": 0.4, "university": 0.6, "police": 0.5,
    "fire_station": 0.5, "government": 0.5, "station": 0.7, "bus_station": 0.6, "bus_stop": 0.3,
    "ferry_terminal": 0.6, "airport": 0.7, "helipad": 0.5, "fuel": 0.4, "market": 0.5,
    "shop": 0.25, "hotel": 0.35, "food": 0.25, "bank": 0.3, "worship": 0.4, "sight": 0.45,
    "sport": 0.4, "park": 0.5, "company": 0.35, "estate": 0.5, "water": 0.4, "nature": 0.35,
    "building": 0.3, "address": 0.1, "poi": 0.3,
}  # fmt: skip
"""Every kind there is, with its rank from 0 to 1."""

_BY_VALUE: Final = {
    "amenity": {
        "hospital": "hospital", "clinic": "clinic", "doctors": "doctors", "pharmacy": "pharmacy",
        "dentist": "health", "nursing_home": "nursing_home", "school": "school",
        "kindergarten": "kindergarten", "college": "university", "university": "university",
        "police": "police", "fire_station": "fire_station", "townhall": "government",
        "courthouse": "government", "bus_station": "bus_station", "taxi": "bus_stop",
        "ferry_terminal": "ferry_terminal", "fuel": "fuel", "charging_station": "fuel",
        "marketplace": "market", "restaurant": "food", "fast_food": "food", "cafe": "food",
        "bar": "food", "pub": "food", "food_court": "food", "bank": "bank", "atm": "bank",
        "place_of_worship": "worship", "ambulance_station": "health",
    },
    "emergency": {"ambulance_station": "health"},
    "highway": {
        "bus_stop": "bus_stop", "milestone": "kilometre_post", "motorway_junction": "junction",
        "services": "poi", "rest_area": "poi", "traffic_signals": "junction",
    },
    "railway": {"station": "station", "halt": "station", "tram_stop": "bus_stop",
                "subway_entrance": "station"},
    "public_transport": {"station": "station", "platform": "bus_stop"},
    "aeroway": {"aerodrome": "airport", "terminal": "airport", "heliport": "helipad",
                "helipad": "helipad"},
    "landuse": {
        "residential": "estate", "industrial": "company", "commercial": "company",
        "retail": "market", "reservoir": "water", "basin": "water", "military": "company",
    },
    "leisure": {"park": "park", "garden": "park", "nature_reserve": "park", "playground": "park"},
    "tourism": {"hotel": "hotel", "guest_house": "hotel", "hostel": "hotel", "motel": "hotel",
                "apartment": "hotel", "information": "poi"},
    "natural": {"water": "water", "bay": "water", "strait": "water", "spring": "water"},
    "man_made": {"bridge": "bridge", "works": "company"},
    "barrier": {"toll_booth": "poi"},
    "boundary": {"administrative": "admin"},
    "office": {"government": "government"},
    "junction": {"yes": "junction"},
}  # fmt: skip

# The kind of a value not listed above, by key; the order is the order in which keys are asked, and
# a building or a piece of land is what it is only when nothing better is said.
_BY_KEY: Final = {
    "amenity": "poi", "emergency": None, "healthcare": "health", "railway": None, "aeroway": None,
    "highway": None, "public_transport": None, "shop": "shop", "tourism": "sight",
    "historic": "sight", "leisure": "sport", "office": "company", "craft": "company",
    "man_made": "poi", "barrier": None, "junction": None, "boundary": None, "waterway": "water",
    "natural": "nature", "landuse": "nature", "building": "building",
}  # fmt: skip

KIND_KEYS: Final = ("place", *_BY_KEY)
"""The keys by which something can be a place of the gazetteer."""

_FACILITIES: Final = frozenset({"hospital", "clinic", "doctors"})
_HEALTHCARE: Final = {
    "hospital": "hospital", "clinic": "clinic", "centre": "clinic", "doctor": "doctors",
    "doctors": "doctors", "birthing_centre": "clinic", "birthing_center": "clinic",
    "blood_donation": "blood", "blood_bank": "blood", "dialysis": "clinic", "hospice": "hospice",
    "emergency": "hospital",
}  # fmt: skip
_NO_FACILITY: Final = frozenset({"no", "pharmacy", "dentist", "alternative", "optometrist"})
GONE_KEYS: Final = ("disused", "abandoned", "demolished")

_CITY_PEOPLE: Final = 10_000_000  # the largest settlement adds a tenth to its rank
_PEOPLE_SHARE: Final = 0.1


def kind_of(tags: Tags) -> tuple[str, str] | None:
    """The kind and the tag that made it ("amenity=hospital"); None for what is no place."""
    settlement = tags.get("place", "")
    if settlement in SETTLEMENTS:
        return settlement, f"place={settlement}"
    if facility := facility_kind(tags):
        kind = facility if facility in _FACILITIES else "health"
        key = "amenity" if tags.get("amenity") in _FACILITIES else "healthcare"
        return kind, f"{key}={tags[key]}"
    for key, otherwise in _BY_KEY.items():
        value = tags.get(key)
        if value is None or value == "no":
            continue
        named = _BY_VALUE.get(key, {}).get(value, otherwise)
        if named is not None:
            return named, f"{key}={value}"
    return None


def facility_kind(tags: Tags) -> str | None:
    """hospital, clinic, doctors, blood, hospice or other; None where nobody is treated.

    Pharmacies, dentists and opticians are places, but no destination of an ambulance. What is
    closed or gone is none either, though it may be a landmark still; American extracts say so in
    the name, "(historical)", as the national list of names they were filled from does.
    """
    is_gone = any(tags.get(key) == "yes" for key in GONE_KEYS)
    if is_gone or tags.get("name", "").endswith("(historical)"):
        return None
    amenity = tags.get("amenity", "")
    if amenity in _FACILITIES:
        return amenity
    care = tags.get("healthcare", "")
    if not care or care in _NO_FACILITY or amenity in _NO_FACILITY:
        return None
    return _HEALTHCARE.get(care, "other")


def importance(kind: str, tags: Tags) -> float:
    """The rank of one place from 0 to 1: its kind's, and for settlements a little for people."""
    base = IMPORTANCE[kind]
    people = population(tags)
    if kind not in SETTLEMENTS or people is None:
        return base
    share = min(1.0, math.log10(max(1, people)) / math.log10(_CITY_PEOPLE))
    return round(min(1.0, base + _PEOPLE_SHARE * share), 3)


def population(tags: Tags) -> int | None:
    """How many people live there, where the map says it as a number."""
    text = tags.get("population", "").replace(",", "").replace(" ", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
