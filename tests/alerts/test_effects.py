"""What needs no platform of the faults: it is found before one is started for them."""

from deploy.faults.table import ALL
from tests.alerts.effects import EFFECTS


def test_there_are_more_than_twenty_and_each_has_an_effect_to_look_at() -> None:
    assert len([fault for fault in ALL if fault.alert]) > 20
    assert list(EFFECTS) == [fault.name for fault in ALL]
