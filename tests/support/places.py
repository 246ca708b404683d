"""Rows of a small gazetteer, as an imported map has them, for tests of the search."""

from typing import Any


def row(number: int, kind: str, names: str | list[str], lon: float, lat: float, **more: Any) -> Any:
    listed = [names] if isinstance(names, str) else names
    return {"id": f"n{number}", "kind": kind, "names": listed, "lon": lon, "lat": lat, **more}


ROWS = [
    row(1, "county", ["南县", "Nanxian County"], 112.40, 29.36, importance=0.9),
    row(2, "town", ["茅草街镇", "Maocaojie"], 112.30, 29.07, importance=0.9),
    row(3, "town", ["华阁镇", "Huage"], 112.66, 29.30, importance=0.9),
    row(4, "village", "耕余堂村", 112.55, 29.28, importance=0.7, extra={"town": "明山头镇"}),
    row(5, "town", "明山头镇", 112.56, 29.29, importance=0.9),
    row(6, "hospital", "南县人民医院", 112.3998, 29.3613, importance=0.8),
    row(7, "hospital", "华容县人民医院", 112.55, 29.53, importance=0.8),
    row(8, "hospital", "沅江市人民医院", 112.36, 28.84, importance=0.8),
    row(9, "clinic", "茅草街镇中心卫生院", 112.31, 29.075, importance=0.6),
    row(10, "clinic", "华阁镇中心卫生院", 112.66, 29.30, importance=0.6),
    row(11, "fuel", "中国石化", 112.302, 29.072, importance=0.4),
    row(12, "town", ["重庆路街道"], 112.80, 29.0, importance=0.8),
    row(13, "town", ["Dürnstein"], 15.52, 48.39, importance=0.8),
    row(14, "road", ["Hämeentie"], 24.96, 60.18, importance=0.5),
    row(15, "road", "人民路", 112.41, 29.36, importance=0.5),
    row(16, "address", "人民路12号", 112.411, 29.361, importance=0.1),
    row(17, "hospital", ["Johns Hopkins Hospital"], -76.59, 39.296, importance=0.8),
    row(18, "building", "1号楼", 112.42, 29.37, importance=0.3),
    row(19, "building", "6号楼", 112.421, 29.37, importance=0.3),
    row(20, "village", "荷花嘴村", 112.5, 29.2, importance=0.7),
    row(21, "town", "六安", 116.5, 31.7, importance=0.7),
    row(22, "station", "南县汽车站", 112.404, 29.358, importance=0.6),
]
