"""Finds the place that a text names: a landmark or a kelurahan, forgiving small slips of the keyboard."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from services.kit.city.model import Area, Landmark, Place
from services.kit.city.text import words

_MOST_WORDS = 24
_ALIKE = 0.72  # share of trigrams; "lawang sew" and "lawang sewu" have 0.86

_LIKE = 0.75  # share of letters in order: "stasun twang" and "stasiun tawang" have 0.92
_LOOKED_AT, _MOST_LIKE = 12, 3

_OF_ADDRESSES = frozenset(
    (
        "jalan", "gang", "nomor", "no", "rt", "rw", "kelurahan", "desa", "kecamatan", "kota", "kabupaten", "provinsi",
        "street", "road", "city", "regency",
    )
)  # fmt: skip
"""Words of any address. They tell no place from another, nor does the name of the city itself."""

Phrase = tuple[str, ...]


class Places:
    """All names of a city's landmarks and of its kelurahan and desa."""

    def __init__(self, areas: Mapping[str, Area], landmarks: Iterable[Landmark], city: Iterable[str] = ()) -> None:
        """Index the names; `city` are the names of the city itself."""
        self._silent = _OF_ADDRESSES.union(*map(words, city))
        self._named: dict[Phrase, list[Place]] = defaultdict(list)
        for mark in landmarks:
            place = Place(
                name=mark.name, lon=mark.lon, lat=mark.lat, area=areas[mark.area], approximate=mark.approximate
            )
            for phrase in {tuple(words(name)) for name in (mark.name, *mark.aliases)}:
                self._named[phrase].append(place)
        for phrase, twins in _by_name(areas.values()).items():
            if phrase not in self._named:
                self._named[phrase] = [_area_place(area) for area in twins]
            for area in twins if len(twins) > 1 else ():
                # Of two kelurahan Duren one lies in the kecamatan Bandungan, where a kelurahan bears that name, too.
                self._named.setdefault((*phrase, *words(area.district)), [_area_place(area)])
        self._longest = max(map(len, self._named), default=0)
        self._trigrams: dict[str, list[Phrase]] = defaultdict(list)
        self._sizes: dict[Phrase, int] = {}
        for phrase in self._named:
            trigrams = _trigrams(phrase)
            self._sizes[phrase] = len(trigrams)
            for trigram in trigrams:
                self._trigrams[trigram].append(phrase)

    def find(self, text: str) -> Place | None:
        """Return the place named by the longest name in the text, or None when there is none or it is ambiguous."""
        found = self.named(text)
        return found[0] if len(found) == 1 else None

    def named(self, text: str) -> list[Place]:
        """Return all places of the longest name in the text; of one district alone, if the text names it, too."""
        tokens = words(text)[:_MOST_WORDS]
        spelled = self._spelled(tokens)
        phrases = [spelled] if spelled else self._alike(tokens)
        found = list(dict.fromkeys(place for phrase in phrases for place in self._named[phrase]))
        if len(found) < 2:
            return found
        return [place for place in found if _contains(tokens, words(place.area.district))] or found

    def like(self, text: str) -> list[Place]:
        """Return places that may be meant by a text with several slips: too little like them to take for granted."""
        wanted = words(text)[:_MOST_WORDS]
        # Of names that share as much, every process looks at the same, whatever order its sets have.
        shared = sorted(self._shared(wanted).items(), key=lambda item: (-item[1], item[0]))
        ranked = sorted(((_alike(wanted, phrase), phrase) for phrase, _ in shared[:_LOOKED_AT]), reverse=True)
        found = [place for alike, phrase in ranked if alike >= _LIKE for place in self._named[phrase]]
        return list(dict.fromkeys(found))[:_MOST_LIKE]

    def _spelled(self, tokens: list[str]) -> Phrase | None:
        for length in range(self._longest, 0, -1):
            windows = [tuple(tokens[at : at + length]) for at in range(len(tokens) - length + 1)]
            known = [window for window in windows if window in self._named and self._says(window, tokens)]
            if known:
                return max(known, key=lambda window: (self._is_landmark(window), sum(map(len, window))))
        return None

    def _is_landmark(self, phrase: Phrase) -> bool:
        return self._named[phrase][0].name != self._named[phrase][0].area.name

    def _says(self, phrase: Phrase, tokens: list[str]) -> bool:
        """Whether a name in a text says a place: one of silent words, such as a desa that is called Kelurahan, says it
        only where the text has no other words.
        """
        if self._telling(phrase):
            return True
        others = set(self._telling(tokens))
        return any(others <= set(words(place.area.district)) for place in self._named[phrase])

    def _telling(self, phrase: Iterable[str]) -> Phrase:
        """The words that tell one place from another."""
        return tuple(word for word in phrase if word not in self._silent)

    def _shared(self, phrase: Iterable[str]) -> Counter[Phrase]:
        """How many trigrams each name has of those of a phrase."""
        return Counter(known for trigram in _trigrams(phrase) for known in self._trigrams.get(trigram, ()))

    def _alike(self, tokens: list[str]) -> list[Phrase]:
        """The names that some words of the text are the most like; several where they are as much like each."""
        best, found = _ALIKE, set[Phrase]()
        for length in range(1, self._longest + 1):
            for at in range(len(tokens) - length + 1):
                window = tokens[at : at + length]
                telling = self._telling(window)
                if not telling:
                    continue
                size = len(_trigrams(window))
                for phrase, common in self._shared(window).items():
                    alike = 2 * common / (size + self._sizes[phrase])
                    if alike <= _ALIKE or alike < best or not _meant(telling, self._telling(phrase)):
                        continue
                    if alike > best:
                        best, found = alike, set()
                    found.add(phrase)
        return sorted(found)  # a set's order is another in each process


def _by_name(areas: Iterable[Area]) -> dict[Phrase, list[Area]]:
    """Group kelurahan and desa by name: two districts may each have one."""
    named: dict[Phrase, list[Area]] = defaultdict(list)
    for area in areas:
        if area.is_lowest:
            named[tuple(words(area.name))].append(area)
    return named


def _area_place(area: Area) -> Place:
    return Place(name=area.name, lon=area.lon, lat=area.lat, area=area, approximate=True)


def _trigrams(phrase: Iterable[str]) -> set[str]:
    """Return the three-letter pieces of the words written together, so that "sampokong" is like "sam poo kong"."""
    text = f"  {''.join(phrase)} "
    return {text[at : at + 3] for at in range(len(text) - 2)}


def _alike(words: Iterable[str], others: Iterable[str]) -> float:
    """Return how many letters two names have in the same order, as a share of all."""
    return SequenceMatcher(None, "".join(words), "".join(others), autojunk=False).ratio()


def _meant(telling: Phrase, name: Phrase) -> bool:
    """Whether a text has what tells a name from others: "Kota Semarang" has no Lama, as Kota Lama Semarang has."""
    wanted = "".join(name)
    blocks = SequenceMatcher(None, "".join(telling), wanted, autojunk=False).get_matching_blocks()
    return bool(wanted) and sum(block.size for block in blocks) >= _LIKE * len(wanted)


def _contains(tokens: list[str], wanted: list[str]) -> bool:
    return any(tokens[at : at + len(wanted)] == wanted for at in range(len(tokens)))
