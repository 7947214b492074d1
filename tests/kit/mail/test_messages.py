"""What a mail looks like on its way."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.kit.mail.messages import automatic

ADDRESSES = ["https://kota.id/berhenti/" + "a" * 52, "http://localhost:8600/surat/peringatan/berhenti/" + "b" * 200]


@pytest.mark.parametrize("stop", ADDRESSES)
def test_mail_programs_find_the_address_that_ends_such_mails_whatever_its_length(stop: str) -> None:
    """RFC 2369 knows no encoded words, and mail programs read none there (RFC 8058)."""
    made = automatic(
        UUID(int=7), "Peringatan banjir", "Isi surat.", sender="kota@kota.id", recipient="siti@example.org",
        created=datetime(2026, 12, 2, tzinfo=UTC), host="kota.id", stop=stop,
    )  # fmt: skip
    sent = made.as_bytes(policy=made.policy.clone(linesep="\r\n"))
    assert f"\r\nList-Unsubscribe: <{stop}>\r\n".encode() in sent
