"""Reads little-endian fields out of bytes and says where it was when there were none left.

Every binary reader of an ECG goes through here, so that a truncated file is one sentence with a
section and an offset and never an exception of `struct`.
"""

from dispatch.errors import BadPayload


class Cursor:
    """A place in ``data``; offsets in messages are those of the whole file."""

    def __init__(self, data: bytes, where: str, *, start: int = 0, end: int | None = None) -> None:
        self._data = data
        self._where = where
        self._end = len(data) if end is None else end
        self.at = start

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return self._end - self.at

    def take(self, count: int, what: str) -> bytes:
        """The next ``count`` bytes; BadPayload where fewer are left."""
        if count > self.left:
            raise BadPayload(
                "ecg_truncated",
                f"{self._where} ends at byte {self._end} inside {what}: "
                f"{count} bytes are needed at byte {self.at}",
            )
        self.at += count
        return self._data[self.at - count : self.at]

    def unsigned(self, count: int, what: str) -> int:
        """An unsigned integer of ``count`` bytes."""
        return int.from_bytes(self.take(count, what), "little")

    def signed(self, count: int, what: str) -> int:
        """A two's complement integer of ``count`` bytes."""
        return int.from_bytes(self.take(count, what), "little", signed=True)


def text_of(raw: bytes) -> str:
    """Words of a device up to the first zero byte: UTF-8, else GB 18030, else Latin-1.

    Chinese machines write GB 18030 where the standard knows Latin-1 only.
    """
    body = raw.split(b"\0", 1)[0].strip()
    for encoding in ("utf-8", "gb18030"):
        try:
            return _clean(body.decode(encoding))
        except UnicodeDecodeError:
            continue
    return _clean(body.decode("latin-1"))


def _clean(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t").strip()
