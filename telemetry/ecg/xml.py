"""XML of devices, read with bounds: no entities, no external files, no tree without end.

defusedxml refuses declarations that blow up or fetch; the size, depth and number of elements are
bounded here. Namespaces differ between makers of the same format, so names are compared without.
"""

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from dispatch.errors import BadPayload
from telemetry.ecg.limits import XML_DEPTH_MAX, XML_ELEMENTS_MAX, XML_MAX_BYTES

_BLANK: Final = b" \t\r\n"
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def is_xml(data: bytes) -> bool:
    """Whether the bytes begin as XML does, with or without a byte order mark."""
    head = data[:200]
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return head.replace(b"\0", b"").lstrip(_BLANK)[:1] == b"<"


def parse(data: bytes) -> Element:
    """The root element; BadPayload with line and column where it is not well formed."""
    if len(data) > XML_MAX_BYTES:
        raise BadPayload("ecg_too_large", f"XML of {len(data)} bytes; {XML_MAX_BYTES} are read")
    if data.count(b"<") > 2 * XML_ELEMENTS_MAX:
        raise BadPayload("ecg_too_large", f"XML with more than {XML_ELEMENTS_MAX} elements")
    try:
        root = fromstring(data.lstrip(_BLANK), forbid_dtd=False)
    except ParseError as error:
        raise BadPayload("ecg_xml", f"the XML is broken or cut off: {error}") from None
    except DefusedXmlException as error:
        raise BadPayload("ecg_xml", f"the XML declares what is never read: {error}") from None
    except (LookupError, ValueError) as error:
        raise BadPayload("ecg_xml", f"the XML's encoding cannot be read: {error}") from None
    if _is_deep(root):
        raise BadPayload("ecg_xml", f"the XML nests deeper than {XML_DEPTH_MAX}")
    return root


def _is_deep(root: Element) -> bool:
    level = [root]
    for _ in range(XML_DEPTH_MAX):
        level = [child for parent in level for child in parent]
        if not level:
            return False
    return True


def name_of(element: Element) -> str:
    """Its name without the namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Element, *path: str) -> Iterator[Element]:
    """Descendants along ``path`` of names, all of them."""
    if not path:
        yield element
        return
    for child in element:
        if name_of(child) == path[0]:
            yield from children(child, *path[1:])


def child(element: Element, *path: str) -> Element | None:
    """The first descendant along ``path``."""
    return next(children(element, *path), None)


def anywhere(element: Element, name: str) -> Iterator[Element]:
    """Every descendant of that name."""
    return (one for one in element.iter() if name_of(one) == name)


def text(element: Element | None) -> str:
    """Its own text, trimmed; empty where there is no element."""
    return (element.text or "").strip() if element is not None else ""


def attribute(element: Element | None, name: str) -> str:
    """An attribute, whatever its namespace; empty where there is none."""
    if element is None:
        return ""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value.strip()
    return ""
