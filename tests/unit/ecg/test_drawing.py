"""The drawing against the samples: the plan, its SVG, and the dots of a PNG."""

import io
import re
import struct
from fractions import Fraction
from xml.etree.ElementTree import fromstring

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.image import imread

from deploy.ecg_render import render
from dispatch.errors import Unavailable
from telemetry.ecg.layout import MM_PER_MV, MM_PER_S, TRACE_MM, Label, Plan, cells, plan
from telemetry.ecg.model import GAP, Acquired, Device, Ecg, Filters, Lead, Statement
from telemetry.ecg.svg import to_svg

HZ = 500
NAMES = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
SVG = "{http://www.w3.org/2000/svg}"


def smooth(place: int, luck: np.random.Generator) -> npt.NDArray[np.int32]:
    """Ten seconds of slow waves of up to half a millivolt, in steps of 2.5 µV."""
    at = np.arange(10 * HZ) / HZ
    phases = luck.uniform(0, 2 * np.pi, 3)
    volts = sum(60 * np.sin(2 * np.pi * (k + 1 + place / 5) * at + p) for k, p in enumerate(phases))
    return np.round(volts).astype(np.int32)


def ecg_of(samples: dict[str, npt.NDArray[np.int32]], **more: object) -> Ecg:
    leads = tuple(
        Lead(name=name, samples=each, hz=Fraction(HZ), uv_per_lsb=Fraction(5, 2))
        for name, each in samples.items()
    )
    return Ecg(format="wfdb", version=None, leads=leads, **more)


@pytest.mark.parametrize("layout", ["3x4+1", "12x1"])
def test_every_point_of_the_svg_is_a_sample_in_its_place(layout: str, seed: int) -> None:
    luck = np.random.default_rng(seed)
    samples = {name: smooth(place, luck) for place, name in enumerate(NAMES)}
    drawing = plan(ecg_of(samples), layout, "en")
    root = fromstring(to_svg(drawing))
    assert (root.get("width"), root.get("viewBox")) == (
        "270mm", f"0 0 270 {drawing.height_mm:g}",
    )  # fmt: skip
    lines = [one for one in root.iter(f"{SVG}polyline") if one.get("class") == "trace"]
    boxes = cells(layout, NAMES)
    assert [one.get("data-lead") for one in lines] == [box.lead for box in boxes]
    for line, box in zip(lines, boxes, strict=True):
        points = np.array([pair.split(",") for pair in str(line.get("points")).split()], float)
        first = round(box.from_s * HZ)
        part = samples[box.lead][first : first + len(points)]
        assert len(points) in (box.width / MM_PER_S * HZ, box.width / MM_PER_S * HZ + 1)
        wanted_x = box.x + np.arange(len(points)) / HZ * MM_PER_S
        assert np.abs(points[:, 0] - wanted_x).max() < 0.001
        assert np.abs((box.y - points[:, 1]) / MM_PER_MV * 1000 - part * 2.5).max() < 0.1


@pytest.mark.parametrize("dpi", [127, 254])
def test_the_dots_of_the_png_are_the_samples(dpi: int, seed: int) -> None:
    """In each column of dots the ink's middle is the sample there, within a dot and the pen."""
    luck = np.random.default_rng(seed)
    samples = {name: smooth(place, luck) for place, name in enumerate(NAMES)}
    bare = plan(ecg_of(samples), "12x1", "en")
    drawing = Plan(bare.width_mm, bare.height_mm, bare.grid, bare.traces, (), ())
    picture = imread(io.BytesIO(render(drawing, "png", dpi)))
    per_mm = dpi / 25.4
    assert picture.shape[:2] == (int(bare.height_mm * per_mm), int(bare.width_mm * per_mm))
    ink = np.clip(0.85 - picture[:, :, 0], 0, None)  # no grid line is darker in its red
    reach = 1 / per_mm + TRACE_MM / 2
    for box in cells("12x1", NAMES)[:4]:
        columns = np.arange(int((box.x + 2) * per_mm), int((box.x + 240) * per_mm))
        top, bottom = int((box.y - 9) * per_mm), int((box.y + 9) * per_mm)
        strip = ink[top:bottom, columns]
        assert (strip.sum(axis=0) > 0).all(), "the trace has no hole"
        middle = (strip * np.arange(top, bottom)[:, None]).sum(axis=0) / strip.sum(axis=0)
        drawn_mm = (middle + 0.5) / per_mm
        at_s = ((columns + 0.5) / per_mm - box.x) / MM_PER_S
        volts = np.interp(at_s, np.arange(10 * HZ) / HZ, samples[box.lead] * 2.5)
        off = np.abs(drawn_mm - (box.y - volts / 1000 * MM_PER_MV))
        assert off.max() < reach, (box.lead, off.max(), reach)


def test_a_png_says_its_resolution_and_a_pdf_its_size() -> None:
    drawing = plan(ecg_of({"II": np.zeros(100, np.int32)}), "12x1", "en")
    png = render(drawing, "png", 254)
    at = png.index(b"pHYs") + 4
    assert struct.unpack(">IIB", png[at : at + 9]) == (10_000, 10_000, 1)
    pdf = render(drawing, "pdf", 254)
    box = re.search(rb"/MediaBox \[ ?0 0 ([0-9.]+) ([0-9.]+)", pdf)
    assert box is not None
    assert float(box[1]) == pytest.approx(drawing.width_mm / 25.4 * 72, abs=0.01)
    assert float(box[2]) == pytest.approx(drawing.height_mm / 25.4 * 72, abs=0.01)


def test_the_same_ecg_is_the_same_file() -> None:
    drawing = plan(ecg_of({"II": np.zeros(100, np.int32)}), "3x4+1", "en")
    for kind in ("png", "pdf"):
        assert render(drawing, kind, 100) == render(drawing, kind, 100)


def test_a_gap_breaks_the_line() -> None:
    samples = np.arange(100, dtype=np.int32)
    samples[40:50] = GAP
    lines = plan(ecg_of({"I": samples}), "12x1", "en").traces[0].lines
    assert [len(line) for line in lines] == [40, 50]


def test_a_drawing_may_begin_later() -> None:
    samples = np.arange(10 * HZ, dtype=np.int32)
    drawing = plan(ecg_of({"V1": samples}), "3x4+1", "en", 3.0)
    column = cells("3x4+1", ("V1",))[0]
    x, y = drawing.traces[0].lines[0][0]
    assert (x, round((column.y - y) / MM_PER_MV * 1000 / 2.5)) == (column.x, round(8.0 * HZ))
    assert drawing.labels[-1].text.endswith("from 3 s")


def test_computed_leads_carry_a_star_and_the_pulse_is_one_millivolt() -> None:
    lead = Lead(name="III", samples=np.zeros(9, np.int32), hz=Fraction(HZ), uv_per_lsb=Fraction(1),
                derived=True)  # fmt: skip
    drawing = plan(Ecg(format="wfdb", version=None, leads=(), derived=(lead,)), "12x1", "en")
    assert "III*" in [label.text for label in drawing.labels]
    xs, ys = zip(*drawing.pulses[0], strict=True)
    assert max(ys) - min(ys) == MM_PER_MV
    assert max(xs) - min(xs) == 7


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["2021-03-04 05:06:07 (no zone stated)", "Maker X1", "Device: Sinus",
                "25 mm/s  10 mm/mV  0.05-150 Hz  500 Hz"]),
        ("zh", ["2021-03-04 05:06:07 （未注明时区）", "Maker X1", "设备提示: Sinus",
                "25 mm/s  10 mm/mV  0.05-150 Hz  500 Hz"]),
    ],
)  # fmt: skip
def test_head_and_foot_say_when_how_and_by_what(language: str, words: list[str]) -> None:
    filters = Filters(high_pass_hz=0.05, low_pass_hz=150.0)
    lead = Lead(name="I", samples=np.zeros(9, np.int32), hz=Fraction(HZ), uv_per_lsb=Fraction(1),
                filters=filters)  # fmt: skip
    ecg = Ecg(
        format="wfdb", version=None, leads=(lead,), acquired=Acquired(local="2021-03-04T05:06:07"),
        device=Device(maker="Maker", model="X1"),
        statements=(Statement(text="Sinus"), Statement(text="a label", by="record")),
    )  # fmt: skip
    said = [label.text for label in plan(ecg, "12x1", language).labels]
    assert [text for text in said if text != "I"] == words


def test_a_letter_no_font_has_is_said_and_not_drawn_as_a_box() -> None:
    drawing = Plan(50, 50, (5, 5, 40, 40), (), (), (Label(5, 5, 3, "\U0001f9ff"),))
    with pytest.raises(Unavailable, match="no font"):
        render(drawing, "png", 100)
