"""Indonesian as people type it: cut into plain words that can be compared."""

import re
import unicodedata

_WORD = re.compile(r"[a-z]+2?(?![a-z0-9])|[a-z0-9]+")
_SHORT = {
    "jl": "jalan", "jln": "jalan", "kel": "kelurahan", "kec": "kecamatan", "kab": "kabupaten",
    "gg": "gang", "ds": "desa", "tdk": "tidak", "gak": "tidak", "nggak": "tidak", "ga": "tidak", "ndak": "tidak",
    "blm": "belum", "sdh": "sudah", "dgn": "dengan", "krn": "karena", "mall": "mal", "kampung": "kampoeng",
}  # fmt: skip


def words(text: str) -> list[str]:
    """Return the words of `text`: case and accents folded, short forms spelled out, "-nya" and doubling dropped.

    "Lampu2 jalannya di Jl. Pemuda" -> ["lampu", "jalan", "di", "jalan", "pemuda"].
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    result: list[str] = []
    for match in _WORD.finditer(plain):
        word = _stem(match[0])
        if not result or result[-1] != word:
            result.append(word)
    return result


def _stem(word: str) -> str:
    if word.endswith("2") and len(word) > 3 and word[:-1].isalpha():
        word = word[:-1]  # "lampu2" is how a telephone writes "lampu-lampu"
    if word.endswith("nya") and len(word) > 5:
        word = word[:-3]
    return _SHORT.get(word, word)
