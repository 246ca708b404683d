"""One set of numbers for two drawings: the paper of Python and the paper of the browser.

layout.json is read by frontend/test/ecg.test.ts as well. A change of the layout is a change of the
file: write it anew with `python -m tests.contract.ecg.test_layout`, and both sides must agree.
"""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from telemetry.ecg.layout import ROW_MM, cells, lines_of, plan
from telemetry.ecg.model import GAP, Ecg, Lead

FILE = Path(__file__).with_name("layout.json")
HZ = 100
NAMES = ("I", "II", "III", "aVR", "V1", "V3", "V6", "V4R")


def _leads() -> tuple[Lead, ...]:
    """Ten seconds of a lead each, with a gap in II, and V6 that begins 3 s late."""
    found = []
    for place, name in enumerate(NAMES):
        at = np.arange(1000)
        samples = ((at * (7 + place)) % 400 - 200).astype(np.int32)
        if name == "II":
            samples[300:310] = GAP
        late = Fraction(3) if name == "V6" else Fraction(0)
        found.append(
            Lead(name=name, samples=samples, hz=Fraction(HZ), uv_per_lsb=Fraction(5),
                 offset_uv=Fraction(10 * place), start_s=late)
        )  # fmt: skip
    return tuple(found)


def _document() -> dict[str, Any]:
    leads = {lead.name: lead for lead in _leads()}
    drawn: dict[str, Any] = {}
    for layout in ("3x4+1", "12x1"):
        whole = plan(Ecg(format="wfdb", version=None, leads=tuple(leads.values())), layout, "en")
        drawn[layout] = {
            "sheet": [whole.width_mm, whole.height_mm, *whole.grid],
            "pulses": whole.pulses,
            "cells": [
                {
                    "lead": box.lead, "x": box.x, "y": box.y, "width": box.width,
                    "from_s": box.from_s,
                    "lines": [[len(line), *line[0], *line[len(line) // 2], *line[-1]]
                              for line in lines_of(leads[box.lead], box)],
                }
                for box in cells(layout, tuple(leads))
            ],
        }  # fmt: skip
    inputs = {
        lead.name: {
            "hz": HZ, "uv_per_lsb": 5, "offset_uv": int(lead.offset_uv),
            "start_s": int(lead.start_s), "samples": lead.samples.tolist(),
        }
        for lead in leads.values()
    }  # fmt: skip
    return {"leads": inputs, "layouts": drawn}


@pytest.mark.parametrize("layout", list(ROW_MM))
def test_the_paper_is_the_one_both_sides_draw(layout: str) -> None:
    frozen = json.loads(FILE.read_text())["layouts"][layout]
    now = json.loads(json.dumps(_document()))["layouts"][layout]
    assert [box["lead"] for box in now["cells"]] == [box["lead"] for box in frozen["cells"]]
    assert now == frozen


def test_the_leads_of_the_file_are_those_drawn() -> None:
    assert json.loads(FILE.read_text())["leads"] == _document()["leads"]


if __name__ == "__main__":
    FILE.write_text(json.dumps(_document(), separators=(",", ":")) + "\n")
