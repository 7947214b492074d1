"""What an alert may say, as plain rules."""

import pytest

from services.living.alerts.model import leads_somewhere


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("https://semarangkota.go.id/", True),
        ("https://bücher.example:8443/a?b=c#d", True),
        ("https://semarangkota.go.id@evil.example/", False),
        ("https://@evil.example/", False),
        ("https://evil.example\\.semarangkota.go.id/", False),
        ("https:// x", False),
        ("https://a.example/ b", False),
        ("https://", False),
        ("https:///a", False),
        ("https://[::1", False),
        ("https://a.example:99999/", False),
        ("http://a.example/", False),
        ("javascript:alert(1)//https://a.example", False),
    ],
)
def test_an_address_leads_to_the_host_that_is_read(url: str, leads: bool) -> None:
    assert leads_somewhere(url) is leads
