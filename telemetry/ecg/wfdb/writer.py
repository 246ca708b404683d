"""Writes stored leads as a WFDB record: one header, one signal file, samples bit for bit.

The narrowest of formats 16, 24 and 32 that holds every sample beside its gap code is taken. What a
record cannot say is refused: leads that begin at different times, or a zero line between two steps.
"""

from fractions import Fraction
from math import gcd
from typing import Final

import numpy as np

from dispatch.errors import Refused
from telemetry.ecg.model import GAP, Ecg, Lead
from telemetry.ecg.numbers import decimal_text

_UV_PER_MV: Final = 1000
_WIDTHS: Final = ((16, "<i2"), (24, "<i4"), (32, "<i4"))


def write_wfdb(ecg: Ecg, stem: str) -> dict[str, bytes]:
    """``stem``.hea and ``stem``.dat; Refused where a WFDB record cannot hold these leads."""
    leads = ecg.leads
    if not leads:
        raise Refused("ecg_no_leads")
    if len({lead.start_s for lead in leads}) > 1:
        raise Refused("ecg_wfdb_starts")
    frame_hz = _common_rate([lead.hz for lead in leads])
    per_frame = [int(lead.hz / frame_hz) for lead in leads]
    frames = {len(lead.samples) / each for lead, each in zip(leads, per_frame, strict=True)}
    if len(frames) > 1 or not float(next(iter(frames))).is_integer():
        raise Refused("ecg_wfdb_lengths")
    count = int(next(iter(frames)))
    table = np.concatenate(
        [lead.samples.reshape(count, each) for lead, each in zip(leads, per_frame, strict=True)],
        axis=1,
    ).reshape(-1)
    bits = _bits(table)
    lines = [f"{stem} {len(leads)} {decimal_text(frame_hz)} {count}{_when(ecg)}"]
    lines += [_line(stem, lead, each, bits) for lead, each in zip(leads, per_frame, strict=True)]
    lines += _comments(ecg)
    return {f"{stem}.hea": ("\n".join(lines) + "\n").encode(), f"{stem}.dat": _packed(table, bits)}


def _common_rate(rates: list[Fraction]) -> Fraction:
    common = rates[0]
    for each in rates[1:]:
        over = common.denominator * each.denominator
        top = gcd(common.numerator * each.denominator, each.numerator * common.denominator)
        common = Fraction(top, over)
    return common


def _bits(table: np.ndarray) -> int:
    held = table[table != GAP]
    most = int(np.abs(held.astype(np.int64)).max()) if len(held) else 0
    return next(bits for bits, _ in _WIDTHS if most < 2 ** (bits - 1))


def _packed(table: np.ndarray, bits: int) -> bytes:
    words = np.where(table == GAP, -(2 ** (bits - 1)), table.astype(np.int64))
    if bits == 24:
        wide = words.astype("<i4").view(np.uint8).reshape(-1, 4)
        return np.ascontiguousarray(wide[:, :3]).tobytes()
    return words.astype(dict(_WIDTHS)[bits]).tobytes()


def _line(stem: str, lead: Lead, per_frame: int, bits: int) -> str:
    zero = -lead.offset_uv / lead.uv_per_lsb
    if zero.denominator != 1 or abs(zero) >= 2**31:
        raise Refused("ecg_wfdb_zero", lead=lead.name)
    gain = decimal_text(_UV_PER_MV / lead.uv_per_lsb)
    words = np.where(lead.samples == GAP, -(2 ** (bits - 1)), lead.samples.astype(np.int64))
    total = int(words.sum()) & 0xFFFF
    checksum = total - 0x10000 if total >= 0x8000 else total
    frame = f"x{per_frame}" if per_frame > 1 else ""
    scale = f"{gain}({int(zero)})/mV"
    return f"{stem}.dat {bits}{frame} {scale} {bits} 0 {words[0]} {checksum} 0 {lead.name}"


def _when(ecg: Ecg) -> str:
    """Time and date in the header's order; a record knows no zone, so one goes to a comment."""
    local = ecg.acquired.local if ecg.acquired else ""
    day, _, clock = local.partition("T")
    if clock.count(":") != 2:  # two numbers would be read as minutes and seconds
        return ""
    year, month, date = day.split("-")
    return f" {clock} {date}/{month}/{year}"


def _comments(ecg: Ecg) -> list[str]:
    context, zone = ecg.context, ecg.acquired.zone if ecg.acquired else None
    lines = [f"# zone: {zone}"] if zone else []
    if context.age is not None and context.age_unit == "years":
        lines.append(f"# Age: {int(context.age)}")
    if context.sex is not None:
        lines.append(f"# Sex: {context.sex.capitalize()}")
    return lines
