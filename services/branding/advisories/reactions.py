"""What advisories do when the city warns of a flood, or an air station's index changes: told by themselves, and taken
back by themselves. Those of drills are marked."""

from services.branding.advisories import actions
from services.branding.advisories.actions import Said
from services.branding.advisories.model import Level, Origin
from services.kit.database import Transaction
from services.kit.events import Event
from services.kit.rpc import protos
from smartcity.environment.v1 import air_pb2, events_pb2, warnings_pb2

_FLOODS = {
    warnings_pb2.WARNING_HAZARD_FLOOD: ("banjir", "flood"),
    warnings_pb2.WARNING_HAZARD_ROB: ("banjir rob", "tidal flood"),
}
_LEVELS = {
    warnings_pb2.WARNING_LEVEL_WASPADA: Level.INFO,
    warnings_pb2.WARNING_LEVEL_SIAGA: Level.WARNING,
    warnings_pb2.WARNING_LEVEL_AWAS: Level.SEVERE,
}
_WORDS = {
    warnings_pb2.WARNING_LEVEL_WASPADA: ("WASPADA", "WASPADA (advisory)"),
    warnings_pb2.WARNING_LEVEL_SIAGA: ("SIAGA", "SIAGA (watch)"),
    warnings_pb2.WARNING_LEVEL_AWAS: ("AWAS", "AWAS (warning)"),
}
"""As the city's page of warnings names the levels."""
_ASKS = {
    warnings_pb2.WARNING_LEVEL_WASPADA: (
        "Pantau kabar, dan periksa keadaan sebelum berangkat.",
        "Follow the news, and check before you go.",
    ),
    warnings_pb2.WARNING_LEVEL_SIAGA: (
        "Bersiap mengungsi bila Anda di sana; tunda kunjungan.",
        "Get ready to leave if you are there; put off a visit.",
    ),
    warnings_pb2.WARNING_LEVEL_AWAS: (
        "Mengungsi sekarang ke tempat tinggi. Jangan pergi ke sana.",
        "Go to high ground now. Do not go there.",
    ),
}
"""What a level asks for: that page's words, and what they mean for a visit."""
_UNSAID = ("Periksa keadaan sebelum berangkat.", "Check before you go.")
_AIR = {
    air_pb2.AIR_CATEGORY_UNHEALTHY: (Level.WARNING, "tidak sehat", "unhealthy"),
    air_pb2.AIR_CATEGORY_VERY_UNHEALTHY: (Level.SEVERE, "sangat tidak sehat", "very unhealthy"),
    air_pb2.AIR_CATEGORY_HAZARDOUS: (Level.SEVERE, "berbahaya", "hazardous"),
}


async def on_warning_raised(tx: Transaction, event: Event[events_pb2.WarningRaised]) -> None:
    """Visitors of what lies there are told."""
    await _warned(tx, event)


async def on_warning_updated(tx: Transaction, event: Event[events_pb2.WarningUpdated]) -> None:
    """It is of another level, or holds longer."""
    await _warned(tx, event)


async def on_warning_cleared(tx: Transaction, event: Event[events_pb2.WarningCleared]) -> None:
    """The warning is over, in whatever way."""
    await actions.follow(tx, Origin.WARNING, event.message.id, None)


async def on_air_index_changed(tx: Transaction, event: Event[events_pb2.AirIndexChanged]) -> None:
    """Air that harms people is told around the station, in its kecamatan; air that does not is told no more."""
    told = event.message
    grave = _AIR.get(told.index.category) if told.HasField("index") else None
    if grave is None or not told.area.code:
        await actions.follow(tx, Origin.AIR, told.thing, None)
        return
    level, word, word_en = grave
    where = told.area.district or told.area.name
    said = Said(
        level,
        f"Udara {word} menurut stasiun di {told.area.name}, {where}. Kurangi kegiatan di luar ruangan.",
        f"The air is {word_en} at the station in {told.area.name}, {where}. Spend less time outdoors.",
        (told.area.code.rpartition(".")[0],),
    )
    await actions.follow(tx, Origin.AIR, told.thing, said, exercise=event.exercise, story=event.correlation)


async def _warned(tx: Transaction, event: Event[events_pb2.WarningRaised] | Event[events_pb2.WarningUpdated]) -> None:
    told = event.message
    flood, flood_en = _FLOODS.get(told.hazard, ("bahaya", "danger"))
    bare = warnings_pb2.WarningLevel.Name(told.level).removeprefix("WARNING_LEVEL_")
    word, word_en = _WORDS.get(told.level, (bare, bare))
    asks, asks_en = _ASKS.get(told.level, _UNSAID)
    said = Said(
        _LEVELS.get(told.level, Level.WARNING),
        f"Peringatan {flood} {word} berlaku di kelurahan ini. {asks}",
        f"A {flood_en} warning of level {word_en} is in force in this kelurahan. {asks_en}",
        tuple(one.code for one in told.areas),
        ends_at=protos.instant(told.expires) if told.HasField("expires") else None,
    )
    await actions.follow(tx, Origin.WARNING, told.id, said, exercise=event.exercise, story=event.correlation)
