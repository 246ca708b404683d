"""Pictures of a comparison: responses as curves, one panel for high priority and one for the rest.

matplotlib is loaded only here and only when a picture is asked for. Not here: the numbers.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from dispatch.simulation.outcome import Outcome
from dispatch.simulation.shapes import Values

_DPI: Final = 150


def draw(path: Path, runs: Mapping[str, Sequence[Outcome]], values: Values, title: str) -> None:
    """Share of calls reached within so many minutes, a curve a policy; PNG, SVG or PDF by name."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(11, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, 2, sharey=True)
    for panel, is_high, words in zip(
        panels, (True, False), ("high priority", "other calls"), strict=True
    ):
        for name, outcomes in runs.items():
            minutes = _minutes(outcomes, values, is_high=is_high)
            if minutes.size:
                share = np.arange(1, minutes.size + 1) / minutes.size
                panel.step(minutes, share, where="post", label=name)
        panel.set_title(words)
        panel.set_xlabel("response, min")
        panel.set_xlim(left=0)
        panel.grid(visible=True, alpha=0.3)
    panels[0].set_ylabel("share of calls reached")
    panels[0].legend(loc="lower right")
    figure.suptitle(title)
    figure.savefig(path, dpi=_DPI)


def _minutes(
    outcomes: Sequence[Outcome], values: Values, *, is_high: bool
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    found = [
        one.response_ms / 60_000
        for run in outcomes
        for one in run.calls
        if one.arrived_ms >= 0 and (one.priority in values.high) == is_high
    ]
    return np.sort(np.array(found, np.float64))
