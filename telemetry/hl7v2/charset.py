"""MSH-18 (HL7 table 0211) and the bytes of a message to text. Pure.

Without MSH-18 the standard means ASCII; a message that is not ASCII and names nothing is read as
UTF-8, and if it is none as GB 18030, and which one it was is said.
"""

from typing import Final

from dispatch.errors import BadPayload

_CODECS: Final = {
    "": "ascii",
    "ASCII": "ascii",
    "UNICODE UTF-8": "utf-8",
    "UNICODE": "utf-8",
    "UTF-8": "utf-8",
    "UTF8": "utf-8",
    "UNICODE UTF-16": "utf-16",
    "8859/1": "iso-8859-1",
    "8859/2": "iso-8859-2",
    "8859/5": "iso-8859-5",
    "8859/9": "iso-8859-9",
    "8859/15": "iso-8859-15",
    "ISO IR6": "ascii",
    "ISO IR14": "shift_jis",
    "ISO IR87": "iso2022_jp",
    "ISO IR159": "iso2022_jp_1",
    "GB 18030-2000": "gb18030",
    "GB18030": "gb18030",
    "GB 18030-2005": "gb18030",
    "GBK": "gbk",
    "GB2312": "gb2312",
    "KS X 1001": "euc_kr",
    "CNS 11643-1992": "big5",
    "BIG-5": "big5",
}
_FIELD: Final = 17  # of MSH split at its separator: MSH-1 is the separator itself


def text_of(message: bytes) -> tuple[str, str]:
    """(text, the character set it was read in).

    Raises BadPayload: not_hl7, unknown_charset, wrong_charset (not what the named one can hold).
    """
    if message[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _read(message, "utf-16", "UNICODE UTF-16")
    message = message.removeprefix(b"\xef\xbb\xbf")
    if not message.startswith(b"MSH"):
        raise BadPayload("not_hl7", "a message begins with MSH and its delimiters")
    name = _named(message)
    codec = _CODECS.get(name.upper())
    if codec is None:
        raise BadPayload("unknown_charset", f"MSH-18 names {name[:40]!r}")
    if codec != "ascii" or message.isascii():
        return _read(message, codec, name or "ASCII")
    for guess in ("utf-8", "gb18030"):
        try:
            return message.decode(guess), f"{guess}, not stated"
        except UnicodeDecodeError:
            continue
    raise BadPayload("wrong_charset", "neither ASCII, as stated, nor UTF-8 or GB 18030")


def _named(message: bytes) -> str:
    head = message.split(b"\r", 1)[0]
    fields = head.split(head[3:4]) if len(head) > 3 else []
    if len(fields) <= _FIELD:
        return ""
    first = fields[_FIELD].split(b"~")[0]
    return first.decode("ascii", "replace").strip()


def _read(message: bytes, codec: str, name: str) -> tuple[str, str]:
    try:
        return message.decode(codec), name
    except UnicodeError as error:
        raise BadPayload("wrong_charset", f"not {name}: {error}"[:200]) from None
