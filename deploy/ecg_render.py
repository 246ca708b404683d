"""Draws a plan of `telemetry.ecg.layout` as PNG or PDF of true size, with matplotlib.

Words become outlines, glyph by glyph, from the first font that has the letter: DejaVu Sans, which
comes with matplotlib, then a Chinese font of the machine, then the one the screens use. Where none
has it, that is said: a box in place of a word would be read as a word. Not here: what is drawn.
"""

from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal

import matplotlib as mpl
import numpy as np
from fontTools.pens.basePen import BasePen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from dispatch.errors import Unavailable
from telemetry.ecg.layout import TRACE_MM, Label, Plan, Point
from telemetry.ecg.svg import INK, THICK_COLOUR, THICK_MM, THIN_COLOUR, THIN_MM, grid_lines

_MM_PER_INCH: Final = 25.4
_PT_PER_MM: Final = 72 / _MM_PER_INCH
_CHINESE: Final = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei",
                   "WenQuanYi Micro Hei", "Microsoft YaHei", "SimHei", "PingFang SC")  # fmt: skip
_SCREENS: Final = (
    Path(__file__).resolve().parents[1] / "frontend/node_modules/@fontsource/noto-sans-sc/files"
)
_STRONG_MM: Final = 0.12  # a bold word is its outline drawn with a pen as well


def render(plan: Plan, kind: Literal["png", "pdf"], dpi: int) -> bytes:
    """The drawing as a file; ``dpi`` is the resolution of a PNG and is written into it."""
    size = plan.width_mm / _MM_PER_INCH, plan.height_mm / _MM_PER_INCH
    figure = Figure(figsize=size, dpi=dpi, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, plan.width_mm)
    axes.set_ylim(plan.height_mm, 0)
    axes.axis("off")
    for is_thick, colour, pen in ((False, THIN_COLOUR, THIN_MM), (True, THICK_COLOUR, THICK_MM)):
        lines = [(a, b) for a, b, thick in grid_lines(plan) if thick is is_thick]
        axes.add_collection(
            LineCollection(lines, colors=colour, linewidths=pen * _PT_PER_MM, zorder=1)
        )
    for line in _lines(plan):
        xs, ys = zip(*line, strict=True)
        pen = TRACE_MM * _PT_PER_MM
        inked = Line2D(xs, ys, color=INK, linewidth=pen, zorder=3)
        inked.set_solid_joinstyle("round")
        inked.set_solid_capstyle("round")
        axes.add_line(inked)
    for is_strong in (False, True):
        patches = [PathPatch(_outline(one)) for one in plan.labels
                   if one.is_strong is is_strong and one.text]  # fmt: skip
        pen = _STRONG_MM * _PT_PER_MM if is_strong else 0
        axes.add_collection(
            PatchCollection(patches, facecolor=INK, edgecolor=INK, linewidths=pen, zorder=4)
        )
    out = BytesIO()
    undated = {"CreationDate": None} if kind == "pdf" else {"Software": None}
    # Simplification drops points of steep lines; a QRS complex is one.
    with mpl.rc_context({"path.simplify": False}):
        figure.savefig(out, format=kind, dpi=dpi, metadata=undated)
    return out.getvalue()


def _lines(plan: Plan) -> Iterator[tuple[Point, ...]]:
    yield from plan.pulses
    for trace in plan.traces:
        yield from trace.lines


class _Pen(BasePen):  # type: ignore[misc]
    """Collects one glyph's outline as vertices and codes of matplotlib."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.points: list[Point] = []
        self.codes: list[np.uint8] = []

    def _add(self, code: np.uint8, *points: Point) -> None:
        self.points += points
        self.codes += [code] * len(points)

    def _moveTo(self, pt: Point) -> None:  # noqa: N802 - fontTools' names
        self._add(Outline.MOVETO, pt)

    def _lineTo(self, pt: Point) -> None:  # noqa: N802
        self._add(Outline.LINETO, pt)

    def _curveToOne(self, pt1: Point, pt2: Point, pt3: Point) -> None:  # noqa: N802
        self._add(Outline.CURVE4, pt1, pt2, pt3)

    def _qCurveToOne(self, pt1: Point, pt2: Point) -> None:  # noqa: N802
        self._add(Outline.CURVE3, pt1, pt2)

    def _closePath(self) -> None:  # noqa: N802
        self._add(Outline.CLOSEPOLY, (0, 0))


class _Face:
    """One font file: which letters it has, and their outlines in ems."""

    def __init__(self, path: Path) -> None:
        self._font = TTFont(path, fontNumber=0, lazy=True)
        self._letters: dict[int, str] = self._font.getBestCmap() or {}
        self._glyphs = self._font.getGlyphSet()
        self._em: int = self._font["head"].unitsPerEm

    def has(self, letter: str) -> bool:
        return ord(letter) in self._letters

    def outline(self, letter: str) -> tuple[Outline, float]:
        """The outline, y upwards, and how far the next letter is."""
        glyph = self._glyphs[self._letters[ord(letter)]]
        pen = _Pen(self._glyphs)
        glyph.draw(pen)
        points = np.array(pen.points, dtype=float).reshape(-1, 2) / self._em
        return Outline(points, pen.codes), glyph.width / self._em


def _faces() -> Iterator[Path]:
    yield Path(mpl.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
    installed = {font.name: font.fname for font in font_manager.fontManager.ttflist}
    yield from (Path(installed[name]) for name in _CHINESE if name in installed)
    yield from sorted(_SCREENS.glob("*-400-normal.woff"))


@lru_cache(maxsize=256)
def _face(path: Path) -> _Face:
    return _Face(path)


@lru_cache(maxsize=4096)
def _letter(letter: str) -> tuple[Outline, float]:
    for path in _faces():
        if _face(path).has(letter):
            return _face(path).outline(letter)
    raise Unavailable(
        "font",
        f"no font of this machine has the letter {letter!r}: install Noto Sans CJK, "
        "or draw as SVG, which needs none",
    )


def _outline(label: Label) -> Outline:
    parts, x = [], label.x
    for letter in label.text:
        shape, advance = _letter(letter if letter.isprintable() else " ")
        points = np.asarray(shape.vertices, dtype=float)
        if len(points):
            placed = points * (label.size_mm, -label.size_mm) + (x, label.y)
            parts.append(Outline(placed, shape.codes))
        x += advance * label.size_mm
    return Outline.make_compound_path(*parts) if parts else Outline(np.zeros((0, 2)))
