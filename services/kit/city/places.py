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

Phrase = tuple[str, ...]


class Places:
    """All names of a city's landmarks and of its kelurahan and desa."""

    def __init__(self, areas: Mapping[str, Area], landmarks: Iterable[Landmark]) -> None:
        """Index the names."""
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
        for phrase in self._named:
            for trigram in _trigrams(phrase):
                self._trigrams[trigram].append(phrase)

    def find(self, text: str) -> Place | None:
        """Return the place named by the longest name in the text, or None when there is none or it is ambiguous."""
        found = self.named(text)
        return found[0] if len(found) == 1 else None

    def named(self, text: str) -> list[Place]:
        """Return all places of the longest name in the text; of one district alone, if the text names it, too."""
        tokens = words(text)[:_MOST_WORDS]
        phrase = self._spelled(tokens) or self._alike(tokens)
        found = self._named[phrase] if phrase else []
        if len(found) < 2:
            return list(found)
        return [place for place in found if _contains(tokens, words(place.area.district))] or list(found)

    def like(self, text: str) -> list[Place]:
        """Return places that may be meant by a text with several slips: too little like them to take for granted."""
        wanted = words(text)[:_MOST_WORDS]
        shared = Counter(phrase for each in _trigrams(wanted) for phrase in self._trigrams.get(each, ()))
        ranked = sorted(
            ((_alike(wanted, phrase), phrase) for phrase, _ in shared.most_common(_LOOKED_AT)), reverse=True
        )
        found = [place for alike, phrase in ranked if alike >= _LIKE for place in self._named[phrase]]
        return list(dict.fromkeys(found))[:_MOST_LIKE]

    def _spelled(self, tokens: list[str]) -> Phrase | None:
        for length in range(self._longest, 0, -1):
            windows = [tuple(tokens[at : at + length]) for at in range(len(tokens) - length + 1)]
            known = [window for window in windows if window in self._named]
            if known:
                return max(known, key=lambda window: (self._is_landmark(window), sum(map(len, window))))
        return None

    def _is_landmark(self, phrase: Phrase) -> bool:
        return self._named[phrase][0].name != self._named[phrase][0].area.name

    def _alike(self, tokens: list[str]) -> Phrase | None:
        best: tuple[float, Phrase | None] = (_ALIKE, None)
        for length in range(1, self._longest + 1):
            for at in range(len(tokens) - length + 1):
                wanted = _trigrams(tokens[at : at + length])
                shared = Counter(phrase for trigram in wanted for phrase in self._trigrams.get(trigram, ()))
                for phrase, common in shared.most_common(3):
                    alike = 2 * common / (len(wanted) + len(_trigrams(phrase)))
                    best = max(best, (alike, phrase), key=lambda item: item[0])
        return best[1]


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


def _contains(tokens: list[str], wanted: list[str]) -> bool:
    return any(tokens[at : at + len(wanted)] == wanted for at in range(len(tokens)))
