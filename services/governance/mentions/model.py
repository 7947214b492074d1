"""What of a text names a caller. Pure.

A text must not lose what is no name: what dispatchers typed for one may be plain words ("Tidak diketahui"), and names
may be words too ("Hari Santoso"). So a part of a name goes only as names are written, and never if it is such a word.
"""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from services.governance.callers.model import Caller
from services.governance.protocol.model import found_of
from services.kit.city import City

GONE = "[…]"
"""Stands where something was taken out."""
_PART_LEAST, _NAME_LEAST = 4, 3
"""Letters of a part of a name, and of a name that is one word: shorter ones are too often something else."""
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")
_ADDRESSED = frozenset({"bapak", "ibu", "bu", "pak", "bang", "mas", "mbak", "kak", "saudara", "saudari", "haji",
                        "hajah", "hj", "dr", "ir", "drs", "tn", "ny", "nn", "sdr", "sdri"})  # fmt: skip
"""How people are addressed: no name."""
_NOBODY = frozenset(
    """
    ada ambulans anak anonim bantuan belum diketahui dokter guru ibu jelas kantor keluarga ketua korban kosong
    lurah nama nomor orang pasien pelapor pemadam penelepon pengendara petugas polisi pria rahasia saksi satpam
    sebut sekolah sopir suami istri tanpa telepon tetangga tidak tahu mau menyebut wanita warga warung anonymous
    caller known name neighbour not unknown witness
    """.split()  # noqa: SIM905 - read as a text
)
"""Words that are told instead of a name."""
_PLAIN = frozenset(
    """
    agung aman awan bagus bintang bulan bunga cahaya citra damai dalam fajar gunung hari hujan indah intan jaya
    laut lima maju melati mulia pagi pasar pertiwi purnama satu senja setia sumber surya timur utara wangi
    """.split()  # noqa: SIM905
)
"""Names that are plain words as well."""
_APART = r"[\s.,]+"
_BETWEEN = r"[\s().\-/]*"
_DIGITS_LEAST = 6


def pattern(who: Caller, common: Collection[str]) -> re.Pattern[str] | None:
    """What names a caller: their name in any case, its parts as names are written, and their number.
    None where nothing does. ``common`` are words of the city that are no names, in small letters.
    """
    names = sorted(set(_names(who.name, common)), key=len, reverse=True)
    told = [rf"(?<!\w)(?:{'|'.join(names)})(?!\w)"] if names else []
    number = _national(who.phone)
    if len(number) >= _DIGITS_LEAST:
        told.append(_numbered(number))
    return re.compile("|".join(told)) if told else None


@lru_cache(maxsize=8)
def common_of(city: City) -> frozenset[str]:
    """Words of a city's places and of its protocol, which are no names of callers."""
    protocol = found_of(city)
    told = [area.name for area in city.areas.values()]
    of = (protocol.kinds, protocol.services, protocol.parties) if protocol else ()
    told += [text for named in of for one in named for text in (one.id, one.name_id, one.name_en)]
    return frozenset(word.lower() for text in told for word in re.findall(r"[^\W\d_]+", text))


def _names(name: str, common: Collection[str]) -> Iterator[str]:
    """Patterns of the whole name and of its parts, without how they are addressed."""
    words = [word.strip(".'’-") for word in _WORD.findall(name)]
    words = [word for word in words if word and word.lower() not in _ADDRESSED]
    nobody = {word for word in words if word.lower() in _NOBODY or word.lower() in common}
    if len(words) > 1 and not nobody.issuperset(words):
        yield f"(?i:{_APART.join(map(re.escape, words))})"
    least = _PART_LEAST if len(words) > 1 else _NAME_LEAST
    for word in words:
        if len(word) >= least and word not in nobody and word.lower() not in _PLAIN:
            yield from map(re.escape, {word[0].upper() + word[1:].lower(), word.upper(), word[0].upper() + word[1:]})


def _numbered(national: str) -> str:
    """A number as it is called from within the country or from abroad, its digits grouped in any way."""
    abroad, within = rf"(?:(?:\+|00)?62{_BETWEEN})?", rf"(?:0{_BETWEEN})?"
    return rf"(?<!\d)\(?{abroad}{within}{_BETWEEN.join(national)}(?!\d)"


def _national(phone: str) -> str:
    """The digits of a number as it is called within the country, without the leading zero."""
    digits = "".join(re.findall(r"[0-9]", phone))
    return digits.removeprefix("62").lstrip("0") if phone.strip().startswith(("+", "62")) else digits.lstrip("0")
