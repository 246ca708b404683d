"""What a hospital can take, counted from the world."""

from dispatch.domain.capacity import capacity_of, inbound_count
from dispatch.ids import PatientId
from tests.support.desk import Desk


def test_nobody_is_in_his_own_way() -> None:
    desk = Desk()
    _, patient_id, _ = desk.announced("N01", "H1")
    desk.announced("N02", "H1")
    config = desk.world.config
    assert config is not None
    facility = next(one for one in config.facilities if one.facility_id == "H1")
    assert inbound_count(desk.world, "H1") == 2
    assert capacity_of(desk.world, facility).inbound == 2
    assert capacity_of(desk.world, facility, besides=PatientId(patient_id)).inbound == 1
