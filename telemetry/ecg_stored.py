"""An ECG file as it lies in the store, read: one file, or the zip a WFDB record travels in.

The zip is what `telemetry.gateway.folder` packs: stored without compression, the header first, so
that nothing can grow while it is read. What the formats are is `telemetry.ecg`. Pure.
"""

import io
import zipfile
from typing import Final

from dispatch.errors import BadPayload
from telemetry.ecg.model import Ecg
from telemetry.ecg.read import read_ecg
from telemetry.ports import EcgGlance

_ZIP: Final = b"PK\x03\x04"
_FILES_MAX: Final = 4_098  # a header and the files of as many segments as a record may have
_ALONE: Final = "ecg"  # a single file has lost its name on the way, and needs none


def read_stored(content: bytes) -> Ecg:
    """The ECG in bytes as received. Raises BadPayload saying why there is none."""
    if not content.startswith(_ZIP):
        return read_ecg(_ALONE, {_ALONE: content})
    files = _unpacked(content)
    return read_ecg(next(iter(files)), files)


def glance(content: bytes) -> EcgGlance:
    """What the log keeps of an ECG; bytes that are none have a ``fault`` instead."""
    try:
        ecg = read_stored(content)
    except BadPayload as bad:
        return EcgGlance(fault=bad.reason)
    if not ecg.leads:
        return EcgGlance(format=ecg.format, fault="ecg_no_leads")
    return EcgGlance(
        format=ecg.format,
        leads=len(ecg.leads) + len(ecg.derived),
        hz=None if ecg.hz is None else float(ecg.hz),
        duration_s=float(ecg.duration_s),
        has_statements=any(one.by == "device" for one in ecg.statements),
        acquired="" if ecg.acquired is None else ecg.acquired.local,
    )


def _unpacked(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if not 1 <= len(entries) <= _FILES_MAX:
                raise BadPayload("ecg_bundle", f"a zip of {len(entries)} files is no ECG record")
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
                raise BadPayload("ecg_bundle", "a compressed zip: a record travels uncompressed")
            if sum(entry.file_size for entry in entries) > len(content):
                raise BadPayload("ecg_bundle", "the zip says it holds more than it is")
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise BadPayload("ecg_bundle", f"a broken zip: {error}"[:200]) from error
