"""The portal's words where another word would have people do another thing."""

from gateway.portal.kit.texts import Texts


def test_officers_are_told_not_to_show_what_insults_and_not_to_save_it() -> None:
    said = Texts("id")("comment.desk_help")
    assert ("Jangan tampilkan yang menghina" in said, "Simpan" in said) == (True, False)
