"""The page of devices: what wants a look stands first, raw payloads and codes are the admin's."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.support.browser import launch, sign_in_page
from tests.support.system import Monitor, System, running_system

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SOON_MS = 15_000
NO_UNIT = (
    b'{"v":1,"boot_id":"b00t-0001","seq":1,"observed_at":"2026-11-23T01:02:03Z",'
    b'"numerics":{"heart_rate":{"value":110}}}'
)


@pytest.fixture
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A county at rest; one box has a backlog, another sent what cannot be read."""
    with running_system(tmp_path_factory.mktemp("devices") / "data", "--no-drive") as running:
        _send(running)
        yield running


def _send(system: System) -> None:
    behind = Monitor(system, "N09", "NX09-MON")
    link = {"queued": {"vitals": 120}, "dropped": {"waveform": 331}, "oldest_s": 640.0}
    last = behind.send("link", **link, confirmed_s=2.0, round_trip_ms=184.2, network="3g")
    assert behind.wait_acked(last)
    behind.close()
    wrong = Monitor(system, "N05", "NX05-MON")
    wrong.client.publish(f"{wrong.topic}/vitals", NO_UNIT, qos=1)
    assert wrong.wait_acked(wrong.send("status", state="online", battery_pct=14))
    wrong.close()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, launch(playwright) as chrome:
        yield chrome


def test_the_page_of_devices(system: System, browser: Browser) -> None:
    page = sign_in_page(browser, system, "admin", "", "/devices", "en-US")
    rows = page.locator("tbody")
    expect(rows).to_have_count(14, timeout=SOON_MS)
    expect(rows.nth(0)).to_contain_text("NX09-MON")
    for words in ("Data let go", "Backlog", "331 let go", "120, oldest 10 min", "184 ms"):
        expect(rows.nth(0)).to_contain_text(words)
    expect(rows.nth(1)).to_contain_text("1 unreadable message")
    expect(rows.nth(1)).to_contain_text("Battery low")
    rows.nth(1).get_by_role("button", name="Look").click()
    expect(page.locator("dialog pre")).to_have_text(NO_UNIT.decode())
    expect(page.locator("dialog")).to_contain_text("unit of measure missing")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Enrol a device").click()
    page.get_by_label("Vehicle id").select_option("N07")
    page.get_by_label("Device id").fill("nx08-mon")
    page.get_by_role("button", name="Make a code").click()
    expect(page.get_by_role("alert")).to_contain_text("NX08-MON is listed with N08")
    page.get_by_label("Device id").fill("n07-box")
    page.get_by_role("button", name="Make a code").click()
    expect(page.locator("dialog")).to_contain_text("N07-BOX")
    code = page.get_by_label("Code").inner_text().replace(" ", "")
    assert len(code) == 8
    expect(page.locator("dialog pre")).to_contain_text(f"--code {code}")

    desk = sign_in_page(browser, system, "dispatcher", "", "/devices", "zh-CN")
    expect(desk.locator("tbody").nth(0)).to_contain_text("积压", timeout=SOON_MS)
    expect(desk.get_by_role("button", name="查看")).to_have_count(0)
    expect(desk.get_by_role("button", name="登记设备")).to_have_count(0)
    expect(desk.locator("header")).to_contain_text("南县 120")  # the line is up
    system.kill()
    expect(desk.locator(".band")).to_contain_text("起无数据", timeout=SOON_MS)
    expect(desk.locator("tbody")).to_have_count(14)  # what was known stays
