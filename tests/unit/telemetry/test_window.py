"""The window: late, duplicate, gap, new boot; and never an older value in place of a newer."""

import random
from datetime import datetime

import msgspec

from dispatch.ids import DeviceId
from telemetry.contract import Vitals
from telemetry.limits import BOOTS_PER_DEVICE_MAX, DEVICES_PER_UNIT_MAX
from telemetry.plausibility import judge
from telemetry.window import Placed, UnitWindow
from tests.unit.telemetry.support import MONITOR, arrival, at, numeric, vitals


def put(
    window: UnitWindow, message: Vitals, second: float, device_id: DeviceId = MONITOR
) -> Placed:
    placed = window.place(device_id, message, arrival(second))
    window.note(device_id, message, placed, judge(message.numerics))
    return placed


def rate(window: UnitWindow) -> float | None:
    return window.latest["heart_rate"].judged.value


def test_duplicate_gap_late_and_new_boot() -> None:
    window = UnitWindow()
    assert not put(window, vitals(1, 0), 0.1).is_duplicate
    assert put(window, vitals(1, 0), 0.2).is_duplicate
    assert put(window, vitals(5, 4), 4.1).new_gaps == 3
    assert window.gaps == 3
    late = put(window, vitals(3, 2), 4.2)
    assert (late.is_late, late.new_gaps, window.gaps) == (True, 0, 2)
    fresh = put(window, vitals(1, 5, boot_id="b00t-0002"), 5.1)
    assert (fresh.is_new_boot, fresh.is_duplicate, fresh.new_gaps) == (True, False, 0)


def test_joining_a_boot_in_the_middle_is_no_gap() -> None:
    window = UnitWindow()
    assert put(window, vitals(500, 0), 0.1).new_gaps == 0


def test_an_older_value_never_replaces_a_newer(seed: int) -> None:
    order = list(range(1, 40))
    random.Random(seed).shuffle(order)
    window, newest = UnitWindow(), 0
    for place, seq in enumerate(order):
        put(window, vitals(seq, seq, {"heart_rate": 60 + seq}), 40 + place * 0.01)
        newest = max(newest, seq)
        assert rate(window) == 60 + newest


def test_an_old_boot_that_drains_late_does_not_replace_the_new_one() -> None:
    window = UnitWindow()
    put(window, vitals(1, 0, {"heart_rate": 60}), 0.1)
    put(window, vitals(1, 10, {"heart_rate": 61}, boot_id="b00t-0002"), 10.1)
    put(window, vitals(2, 1, {"heart_rate": 99}), 10.2)
    assert rate(window) == 61


def test_a_wrong_device_clock_orders_nothing() -> None:
    window = UnitWindow()
    put(window, vitals(1, 3 * 3600, {"heart_rate": 60}), 0.1)  # three hours ahead
    put(window, vitals(2, -86_400, {"heart_rate": 61}), 1.1)  # then a day behind
    placed = put(window, vitals(3, 3 * 3600 + 2, {"heart_rate": 62}), 2.1)
    assert rate(window) == 62
    assert placed.at <= at(2.1)  # nothing comes from the future


def test_between_two_devices_the_truer_time_wins() -> None:
    window, other = UnitWindow(), DeviceId("MON-08")
    put(window, vitals(1, 0, {"heart_rate": 60}), 0.1, other)
    put(window, vitals(1, 9.9, {"heart_rate": 70}), 10)
    put(window, vitals(2, 1, {"heart_rate": 61}), 10.5, other)  # nine seconds on the way
    assert rate(window) == 70
    put(window, vitals(3, 11, {"heart_rate": 62}), 11.1, other)
    assert rate(window) == 62


def cuff(seq: int, second: float, value: float, measured_at: datetime | None) -> Vitals:
    numerics = {"nibp_systolic": numeric("nibp_systolic", value, measured_at=measured_at)}
    return msgspec.structs.replace(vitals(seq, second, {}), numerics=numerics)


def test_a_cuff_pressure_is_as_old_as_its_measurement() -> None:
    window = UnitWindow()
    put(window, cuff(1, 100, 120, at(40)), 100.1)
    assert abs(window.latest["nibp_systolic"].at_s - arrival(40).now_s) < 0.2


def test_a_repeated_cuff_pressure_is_not_a_new_one() -> None:
    window = UnitWindow()
    for seq in range(1, 30):
        put(window, cuff(seq, seq, 120, None), seq + 0.1)
    assert abs(window.latest["nibp_systolic"].at_s - arrival(1).now_s) < 0.2
    put(window, cuff(30, 30, 118, None), 30.1)
    assert abs(window.latest["nibp_systolic"].at_s - arrival(30).now_s) < 0.2


def test_bounds() -> None:
    window = UnitWindow()
    for number in range(3 * DEVICES_PER_UNIT_MAX):
        for boot in range(3 * BOOTS_PER_DEVICE_MAX):
            message = vitals(1, 0, boot_id=f"b00t-{boot:04d}")
            window.place(DeviceId(f"MON-{number:03d}"), message, arrival(0.1))
    assert len(window._devices) == DEVICES_PER_UNIT_MAX
    assert all(len(boots) == BOOTS_PER_DEVICE_MAX for boots in window._devices.values())
