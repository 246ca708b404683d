"""Small OpenStreetMap files made by hand, for tests that need an extract and no real place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

Tags = Mapping[str, str]


@dataclass
class Osm:
    """An .osm file in the making; ids are the caller's, positions are (lon, lat) in degrees."""

    parts: dict[str, list[str]] = field(
        default_factory=lambda: {"node": [], "way": [], "relation": []}
    )
    order: Sequence[str] = ("node", "way", "relation")
    head: str = ""

    def node(self, number: int, lon: float, lat: float, **tags: str) -> "Osm":
        what = f'id="{number}" version="1" lon="{lon}" lat="{lat}"'
        self.parts["node"].append(f"<node {what}>{_tags(tags)}</node>")
        return self

    def line(self, *places: tuple[int, float, float]) -> "Osm":
        """Nodes without tags."""
        for number, lon, lat in places:
            self.node(number, lon, lat)
        return self

    def way(self, number: int, nodes: Iterable[int], tags: Tags = {}) -> "Osm":  # noqa: B006
        refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
        self.parts["way"].append(f'<way id="{number}" version="1">{refs}{_tags(tags)}</way>')
        return self

    def relation(self, number: int, members: Iterable[tuple[str, int, str]], tags: Tags) -> "Osm":
        """Members are (type, id, role), the type written out."""
        inside = "".join(
            f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members
        )
        what = f'<relation id="{number}" version="1">'
        self.parts["relation"].append(f"{what}{inside}{_tags(tags)}</relation>")
        return self

    def write(self, path: Path) -> Path:
        body = "\n".join(line for kind in self.order for line in self.parts[kind])
        path.write_text(f'<osm version="0.6">{self.head}\n{body}\n</osm>\n', encoding="utf-8")
        return path


def cross(**road: str) -> Osm:
    """Two streets that cross at node 5, about 100 m an arm, and a hospital beside them.

    Nodes 1-5-3 are way 10 from west to east, nodes 4-5-2 way 11 from south to north.
    """
    tags = {"highway": "residential"} | road
    return (
        Osm()
        .line((1, 112.399, 29.36), (3, 112.401, 29.36), (4, 112.4, 29.359), (2, 112.4, 29.361))
        .line((5, 112.4, 29.36))
        .way(10, (1, 5, 3), tags | {"name": "东西街"})
        .way(11, (4, 5, 2), tags | {"name": "南北路"})
        .node(20, 112.4004, 29.3602, amenity="hospital", name="南县人民医院")
    )


def _tags(tags: Tags) -> str:
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())
