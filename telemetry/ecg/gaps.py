"""Pieces of one lead: cut at its gaps for a format that has none, put together again on reading.

An HL7 aECG says "nothing was recorded here" by beginning another sequence set later. Two pieces are
one lead where name, rate and scale are the same and the second begins a whole number of samples
after the first one ended.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import msgspec
import numpy as np

from telemetry.ecg.limits import SAMPLES_MAX
from telemetry.ecg.model import GAP, Lead

_NEAR: Final = Fraction(1, 1000)  # of a sample: starts are written as decimals


def cut(lead: Lead) -> Iterator[Lead]:
    """The stretches of a lead between its gaps, each with its own start."""
    gaps = lead.samples == GAP
    if not gaps.any():
        yield lead
        return
    edges = np.flatnonzero(np.diff(np.concatenate([[True], gaps, [True]]).astype(np.int8))).tolist()
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        yield msgspec.structs.replace(
            lead, samples=lead.samples[begin:end], start_s=lead.start_s + Fraction(begin) / lead.hz
        )


def joined(pieces: list[Lead]) -> list[Lead]:
    """The leads the pieces are of, in the order of their first pieces; what is between is `GAP`."""
    whole: list[list[Lead]] = []
    for piece in pieces:
        mine = next((found for found in whole if _follows(found, piece)), None)
        if mine is None:
            whole.append([piece])
        else:
            mine.append(piece)
    return [_one(found) for found in whole]


def _follows(found: list[Lead], piece: Lead) -> bool:
    first, last = found[0], found[-1]
    if (first.name, first.hz, first.uv_per_lsb, first.offset_uv) != (
        piece.name, piece.hz, piece.uv_per_lsb, piece.offset_uv,
    ):  # fmt: skip
        return False
    place = (piece.start_s - first.start_s) * piece.hz
    is_behind = place >= (last.start_s + last.duration_s - first.start_s) * piece.hz - _NEAR
    return is_behind and abs(place - round(place)) < _NEAR and place < SAMPLES_MAX


def _one(found: list[Lead]) -> Lead:
    if len(found) == 1:
        return found[0]
    first = found[0]
    places = [round((piece.start_s - first.start_s) * first.hz) for piece in found]
    samples = np.full(places[-1] + len(found[-1].samples), GAP, dtype=np.int32)
    for place, piece in zip(places, found, strict=True):
        samples[place : place + len(piece.samples)] = piece.samples
    return msgspec.structs.replace(first, samples=samples)
