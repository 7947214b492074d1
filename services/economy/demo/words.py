"""Names of businesses that do not exist, and what they sell for, by sector."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shop:
    """A kind of business: name, category code (ISO 18245), sector, what it sells, and what that costs, in thousands."""

    name: str
    mcc: str
    sector: str
    sells: str
    least: int
    most: int


SHOPS = (
    Shop("Lumpia Bu Contoh", "5814", "food", "Lumpia", 12, 90),
    Shop("Bandeng Pak Misal", "5499", "food", "Bandeng presto", 45, 180),
    Shop("Soto Contoh Jaya", "5814", "food", "Soto ayam", 15, 60),
    Shop("Tahu Gimbal Umpama", "5814", "food", "Tahu gimbal", 18, 55),
    Shop("Kopi Kota Misal", "5812", "food", "Kopi", 14, 75),
    Shop("Batik Contoh", "5699", "craft", "Kain batik", 85, 420),
    Shop("Wingko Umpama", "5462", "food", "Wingko babat", 25, 110),
    Shop("Kios Sayur Misal", "5411", "retail", "Sayur", 5, 60),
    Shop("Toko Kelontong Contoh", "5411", "retail", "Belanja harian", 4, 120),
    Shop("Cukur Rapi Misal", "7230", "services", "Potong rambut", 20, 45),
    Shop("Binatu Umpama", "7216", "services", "Cuci kiloan", 15, 70),
    Shop("Warung Tepi Contoh", "5812", "food", "Makan siang", 10, 50),
)
COUNTER = Shop("Loket", "9399", "government", "Retribusi di loket", 2, 60)
"""What a counter of the city takes in cash."""
OBJECTS = ("kios A-{0}", "kios B-{0}", "los C-{0}", "lapak D-{0}", "blok E-{0}")
"""What a bill is for."""
