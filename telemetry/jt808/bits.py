"""The 32 alarm bits and the 32 status bits of a location report, by name. Pure tables.

JT/T 808-2019, tables 24 and 25 (2013: tables 17 and 18; 2011: 17 and 18). A bit that only the 2019
edition knows is named all the same: terminals of 2013 with that bit mean it or nothing.

`TRACKER_ALARMS` is how the makers of small trackers use the same bits where the standard's meaning
makes no sense for them; it fills the attribute ``alarm``, beside the standard's names.
"""

from typing import Final

ALARMS: Final[tuple[str, ...]] = (
    "emergency",
    "overspeed",
    "fatigue_driving",
    "danger_warning",
    "gnss_module_fault",
    "gnss_antenna_cut",
    "gnss_antenna_short",
    "main_power_undervoltage",
    "main_power_lost",
    "display_fault",
    "tts_module_fault",
    "camera_fault",
    "ic_card_module_fault",
    "overspeed_warning",
    "fatigue_warning",
    "prohibited_driving",
    "tyre_pressure_warning",
    "right_turn_blind_spot",
    "driving_time_exceeded",
    "parking_time_exceeded",
    "area_crossed",
    "route_crossed",
    "route_time_wrong",
    "route_left",
    "speed_sensor_fault",
    "fuel_abnormal",
    "vehicle_stolen",
    "illegal_ignition",
    "illegal_movement",
    "collision",
    "rollover",
    "illegal_door_opening",
)
STATUS: Final[tuple[str, ...]] = (
    "acc_on",
    "positioned",
    "south",
    "west",
    "out_of_service",
    "coordinates_encrypted",
    "collision_braking",
    "lane_departure_warning",
    "half_loaded",
    "load_reserved",
    "fuel_line_cut",
    "circuit_cut",
    "doors_locked",
    "door_1_open",
    "door_2_open",
    "door_3_open",
    "door_4_open",
    "door_5_open",
    "gps_used",
    "beidou_used",
    "glonass_used",
    "galileo_used",
    "moving",
    *(f"bit_{bit}" for bit in range(23, 32)),
)
"""Bits 8 and 9 together: 0 empty, 1 half loaded, 3 full."""

VIDEO_ALARMS: Final[tuple[str, ...]] = (
    "video_signal_lost",
    "video_covered",
    "storage_fault",
    "other_video_fault",
    "bus_overloaded",
    "abnormal_driving",
    "special_storage_full",
)
"""Item 0x14, JT/T 1078-2016, table 14."""

_BIT: Final = tuple(1 << bit for bit in range(32))

TRACKER_ALARMS: Final[tuple[tuple[int, str], ...]] = (
    (_BIT[0], "alarm_sos"),
    (_BIT[1], "alarm_overspeed"),
    (_BIT[2], "alarm_fatigue_driving"),
    (_BIT[5] | _BIT[6], "alarm_gps_antenna_cut"),
    (_BIT[4] | _BIT[9] | _BIT[10] | _BIT[11], "alarm_fault"),
    (_BIT[7] | _BIT[18], "alarm_low_battery"),
    (_BIT[8], "alarm_power_off"),
    (_BIT[15], "alarm_vibration"),
    (_BIT[16] | _BIT[17], "alarm_tampering"),
    (_BIT[19], "alarm_parking"),
    (_BIT[20], "alarm_geofence"),
    (_BIT[26], "alarm_general"),
    (_BIT[28], "alarm_movement"),
    (_BIT[29] | _BIT[30], "alarm_accident"),
)
PADLOCK_ALARMS: Final[tuple[tuple[int, str], ...]] = (
    (_BIT[0] | _BIT[4], "alarm_removing"),
    (_BIT[1], "alarm_tampering"),
)
ASSET_ALARMS: Final[tuple[tuple[int, str], ...]] = ((_BIT[16], "alarm_movement"),)
"""Padlocks, and trackers of goods, give other bits other meanings."""


def named(bits: int, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the bits that are set, lowest first."""
    if not bits:
        return ()
    return tuple(name for bit, name in enumerate(names) if bits >> bit & 1)
