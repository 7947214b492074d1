"""What a case's history says in the reader's words."""

from types import SimpleNamespace
from typing import Any

import pytest

from gateway.portal.kit.history import note_words
from gateway.portal.kit.texts import Texts


@pytest.mark.parametrize(
    ("note", "english"),
    [
        ("Batas waktu verifikasi terlewati. Diteruskan kepada Kepala Bidang.", "The report was not verified in time."),
        ("Batas waktu pemeriksaan bukti terlewati.", "The evidence was not checked in time."),
        (
            "Tenggat penyelesaian terlewati. Eskalasi tingkat 3.",
            "The report was not resolved in time. Escalated to step 3.",
        ),
        ("Data dari perangkat lain.", "Data dari perangkat lain."),
        ("", ""),
    ],
)
def test_what_the_system_wrote_is_told_in_the_readers_language_and_truly(note: str, english: str) -> None:
    assert note_words(Texts("en"), _entry("system", note)) == english


def test_what_people_write_is_theirs() -> None:
    said = "Batas waktu verifikasi terlewati. Diteruskan kepada Kepala Bidang."
    assert note_words(Texts("en"), _entry("officer dlh", said)) == said


def _entry(by: str, note: str) -> Any:
    return SimpleNamespace(by=by, note=note)
