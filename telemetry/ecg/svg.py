"""A plan as SVG whose user units are millimetres; opened or printed at 100 % it is paper size."""

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from telemetry.ecg.layout import TRACE_MM, Plan, Point

THIN_MM: Final = 0.08
THICK_MM: Final = 0.18
THIN_COLOUR: Final = "#f3c9c9"
THICK_COLOUR: Final = "#e08a8a"
INK: Final = "#101010"
FONT: Final = "Noto Sans CJK SC, Noto Sans SC, Microsoft YaHei, PingFang SC, sans-serif"


def to_svg(plan: Plan) -> str:
    """The whole document."""
    return "\n".join(_document(plan)) + "\n"


def grid_lines(plan: Plan) -> Iterator[tuple[Point, Point, bool]]:
    """Every line of the paper: its two ends, and whether it is one of 5 mm."""
    x, y, width, height = plan.grid
    for step in range(int(width) + 1):
        yield (x + step, y), (x + step, y + height), step % 5 == 0
    for step in range(int(height) + 1):
        yield (x, y + step), (x + width, y + step), step % 5 == 0


def _document(plan: Plan) -> Iterator[str]:
    width, height = _number(plan.width_mm), _number(plan.height_mm)
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
           f'viewBox="0 0 {width} {height}">')  # fmt: skip
    yield f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    for is_thick, colour, pen in ((False, THIN_COLOUR, THIN_MM), (True, THICK_COLOUR, THICK_MM)):
        path = "".join(
            f"M{_point(a)}L{_point(b)}" for a, b, thick in grid_lines(plan) if thick is is_thick
        )
        yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{pen}"/>'
    yield (f'<g fill="none" stroke="{INK}" stroke-width="{TRACE_MM}" stroke-linejoin="round" '
           'stroke-linecap="round">')  # fmt: skip
    for pulse in plan.pulses:
        yield f'<polyline class="pulse" points="{_points(pulse)}"/>'
    for trace in plan.traces:
        for line in trace.lines:
            yield (f'<polyline class="trace" data-lead={quoteattr(trace.lead)} '
                   f'points="{_points(line)}"/>')  # fmt: skip
    yield "</g>"
    yield f'<g fill="{INK}" font-family="{FONT}">'
    for label in plan.labels:
        weight = ' font-weight="700"' if label.is_strong else ""
        place = f'x="{_number(label.x)}" y="{_number(label.y)}"'
        size = f'font-size="{_number(label.size_mm)}"'
        yield f"<text {place} {size}{weight}>{escape(label.text)}</text>"
    yield "</g>"
    yield "</svg>"


def _points(line: tuple[Point, ...]) -> str:
    return " ".join(_point(point) for point in line)


def _point(point: Point) -> str:
    return f"{_number(point[0])},{_number(point[1])}"


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
