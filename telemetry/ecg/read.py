"""Which format bytes are, found in the bytes, and the one way to read them all.

A name says nothing here: machines export SCP-ECG as .ecg, .dat or .scp. The only format of several
files is WFDB; its header is text and names its companions, which the caller brings
(`companions`), because nothing here opens a file.
"""

from collections.abc import Mapping

import msgspec

from dispatch.errors import BadPayload
from telemetry.ecg.aecg.reader import is_aecg
from telemetry.ecg.aecg.reader import read_tree as read_aecg_tree
from telemetry.ecg.dicom.reader import is_dicom, read_dicom
from telemetry.ecg.leads import derive
from telemetry.ecg.limits import FILE_MAX_BYTES
from telemetry.ecg.model import Ecg, Format
from telemetry.ecg.scp.reader import read_scp
from telemetry.ecg.scp.sections import is_scp
from telemetry.ecg.sierra.reader import is_sierra
from telemetry.ecg.sierra.reader import read_tree as read_sierra_tree
from telemetry.ecg.wfdb.header import is_header
from telemetry.ecg.wfdb.reader import missing_files, read_wfdb
from telemetry.ecg.xml import is_xml, name_of, parse

Files = Mapping[str, bytes]


def binary_format(data: bytes) -> Format | None:
    """The format of bytes whose first bytes tell it; XML and unknown ones are None."""
    if is_dicom(data):
        return "dicom"
    if is_scp(data):
        return "scp-ecg"
    return "wfdb" if is_header(data) else None


def has_known_format(data: bytes) -> bool:
    """Whether the bytes alone say what they are; a WFDB signal file does not."""
    return binary_format(data) is not None or is_xml(data)


def companions(name: str, files: Files) -> tuple[str, ...]:
    """Names of further files that reading ``name`` needs and ``files`` lacks."""
    data = files[name]
    return missing_files(name, files) if binary_format(data) == "wfdb" else ()


def read_ecg(name: str, files: Files) -> Ecg:
    """The ECG in ``files[name]`` with its companions; derived leads are added.

    BadPayload says what is wrong and where; nothing else is raised for any bytes.
    """
    data = files[name]
    if len(data) > FILE_MAX_BYTES:
        raise BadPayload("ecg_too_large", f"{len(data)} bytes; {FILE_MAX_BYTES} are read at most")
    if not data:
        raise BadPayload("ecg_truncated", "the file is empty")
    ecg = _read(name, data, files)
    return msgspec.structs.replace(ecg, derived=derive(ecg.leads))


def _read(name: str, data: bytes, files: Files) -> Ecg:
    known = binary_format(data)
    if known == "dicom":
        return read_dicom(data)
    if known == "scp-ecg":
        return read_scp(data)
    if known == "wfdb":
        return read_wfdb(name, files)
    if is_xml(data):
        root = parse(data)
        if is_aecg(root):
            return read_aecg_tree(root)
        if is_sierra(root):
            return read_sierra_tree(root)
        raise BadPayload("ecg_format", f"XML with the root element {name_of(root)[:60]!r}: no ECG")
    raise BadPayload(
        "ecg_format",
        "no ECG that can be read: not SCP-ECG, HL7 aECG, DICOM, a WFDB header or Philips XML "
        f"(the file begins with {data[:8].hex(' ')})",
    )
