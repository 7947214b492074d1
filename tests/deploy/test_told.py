"""The drawing of who tells whom is that of the declarations."""

from deploy.told import FILE, svg, told


def test_the_drawing_is_of_what_pillars_declare() -> None:
    found = told()
    assert "ComplaintAssigned" in found["governance", "environment"]
    assert "PaymentRequested" in found["living", "economy"]
    assert all(teller != hearer for teller, hearer in found)
    assert FILE.read_text(encoding="utf-8") == svg(found), "draw it again: python -m deploy.told"
