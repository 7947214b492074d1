"""What made-up residents propose, and say of it. No name, no number, no place more exact than a kelurahan."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Idea:
    """A proposal: what it costs, how many support it, and what became of it."""

    title: str
    words: str
    cost: int = 0
    supporters: int = 0
    answer: str = ""
    """What officers said; empty: they have not answered."""
    declined: bool = False
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tale:
    """A process: which kind, how many days ago it began, and what came of it."""

    kind: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    began: int
    review: int = 0
    """How many days ago the review began; 0: it still takes proposals."""
    ideas: tuple[Idea, ...] = ()
    rt: str = ""


@dataclass(frozen=True)
class Lesson:
    """A course: in how many days it begins, and how many asked for a seat."""

    title: str
    title_en: str
    summary: str
    summary_en: str
    venue: str
    begins: int
    """Negative: it is over."""
    sessions: int
    seats: int
    asked: int
    missed: int = 0
    """Of those with a seat, how many were not there."""


COURSES = (
    Lesson(
        "Menjadi tuan rumah wisata di kampung sendiri",
        "Hosting visitors in your own neighbourhood",
        "Menyambut tamu, menceritakan kampung, menjaga kebersihan dan keselamatan. Untuk warga kawasan wisata.",
        "Welcoming guests, telling its story, keeping it clean and safe. For residents of tourist areas.",
        "Balai kelurahan",
        -20,
        3,
        12,
        12,
        2,
    ),
    Lesson(
        "Komputer untuk pengurus RT",
        "Computers for neighbourhood officers",
        "Surat, daftar warga dan laporan kas dengan perangkat lunak bebas. Laptop disediakan.",
        "Letters, lists and cash reports with free software. Laptops are provided.",
        "Ruang pertemuan kelurahan",
        12,
        2,
        20,
        9,
    ),
    Lesson(
        "Memasarkan oleh-oleh lewat ponsel",
        "Selling souvenirs by phone",
        "Memotret dagangan, menulis keterangan, dan menerima pembayaran QRIS. Untuk usaha mikro.",
        "Taking pictures of your goods, describing them, and taking QRIS payments. For very small businesses.",
        "Aula kelurahan",
        8,
        1,
        6,
        9,
    ),
)

LOOKED = "Sudah kami periksa di lapangan; dapat dilaksanakan dan biayanya wajar."

BUDGET = Tale(
    "anggaran-rt",
    "Anggaran partisipatif RT 03 RW 02",
    "Participatory budget of RT 03 RW 02",
    "Bantuan operasional RT tahun ini. Warga mengusulkan, mendukung, lalu memilih penggunaannya; hasilnya dilaksanakan "
    "pengurus RT bersama kelurahan dan diumumkan di halaman ini.",
    "This year's grant of the RT. Residents propose, support and choose what it is spent on; what is chosen is carried "
    "out with the kelurahan and told on this page.",
    began=60,
    review=32,
    rt="RT 03 RW 02",
    ideas=(
        Idea(
            "Lampu jalan tenaga surya di tiga gang", "Tiga gang gelap sejak lampu lama rusak; anak-anak pulang mengaji "
            "lewat sana setiap malam.", 11_500_000, 23, LOOKED,
            comments=("Setuju, terutama gang yang di belakang musala.", "Pilih yang mudah diganti baterainya."),
        ),
        Idea(
            "Perbaikan saluran air di depan balai RT", "Setiap hujan deras air menggenang sampai mata kaki selama dua "
            "jam dan masuk ke dua rumah.", 8_750_000, 17, LOOKED,
        ),
        Idea(
            "Taman bacaan dan tempat bermain anak", "Lahan kosong di samping pos ronda dapat dipakai anak-anak sore "
            "hari.", 14_000_000, 9, LOOKED,
        ),
        Idea(
            "Gapura baru di mulut gang", "Gapura lama sudah miring dan catnya pudar.", 20_000_000, 2,
            "Bantuan ini untuk kebutuhan bersama sehari-hari; gapura tidak termasuk menurut petunjuk pelaksanaannya.",
            declined=True,
        ),
    ),
)  # fmt: skip
VOTES = ((0, 1),) * 9 + ((0,),) * 4 + ((1, 2),) * 5 + ((2,),) * 3
"""Papers of the booth: which of the accepted ideas each approves of."""

TALES = (
    BUDGET,
    Tale(
        "konsultasi",
        "Ruang terbuka hijau di bantaran kali",
        "Green space along the river",
        "Bagaimana bantaran kali sebaiknya dipakai setelah normalisasi? Usulan dibaca dan dijawab satu per satu "
        "sebelum rencananya ditetapkan.",
        "How should the banks be used once the river is dredged? Each proposal is read and answered before the plan is "
        "made.",
        began=45,
        review=8,
        ideas=(
            Idea(
                "Jalur jalan kaki yang teduh di sisi timur", "Warga biasa berjalan pagi di sana tetapi tidak ada pohon "
                "dan permukaannya rusak.", 0, 41, "Masuk rancangan: dua meter dengan pohon tanjung tiap enam meter.",
                comments=("Mohon juga bangku untuk lansia.",),
            ),
            Idea(
                "Tempat parkir bagi pengunjung", "Pengunjung sekarang parkir di depan rumah warga setiap akhir pekan.",
                0, 12, "Bantaran harus bebas bangunan menurut garis sempadan; parkir kami cari di luar sempadan.",
                declined=True,
            ),
            Idea(
                "Papan ketinggian air yang mudah dibaca", "Warga ingin tahu sendiri kapan bersiap ketika kali naik.",
                0, 19, "Dipasang di tiga jembatan; letaknya kami sepakati dengan warga.",
            ),
        ),
    ),
    Tale(
        "musrenbang-kelurahan",
        "Musrenbang kelurahan: usulan tahun depan",
        "Kelurahan planning meeting: next year",
        "Usulan rembug warga ditelaah dan dipilih menurut kepentingannya, lalu dibawa ke musrenbang kecamatan.",
        "What residents' meetings proposed is looked at and ranked, and goes on to the kecamatan's meeting.",
        began=5,
        ideas=(
            Idea(
                "Pelatihan pengolahan sampah dapur", "Banyak ibu rumah tangga ingin membuat kompos tetapi belum tahu "
                "caranya.", 6_000_000, 8, comments=("Bank sampah RW kami siap menjadi tempatnya.",),
            ),
            Idea(
                "Pagar pengaman di tepi saluran dekat sekolah", "Saluran sedalam satu setengah meter itu tepat di "
                "jalan anak-anak ke sekolah.", 18_000_000, 14,
            ),
        ),
    ),
    Tale(
        "rembug-warga",
        "Rembug warga: apa yang kita butuhkan?",
        "Residents' meeting: what do we need?",
        "Tulis kebutuhan lingkungan Anda. Yang diterima dibawa ke musrenbang kelurahan.",
        "Write what your neighbourhood needs. What is accepted goes to the kelurahan's planning meeting.",
        began=2,
        ideas=(
            Idea(
                "Posyandu lansia sebulan dua kali", "Jadwal sekarang hanya sebulan sekali dan selalu penuh.", 0, 5,
            ),
        ),
    ),
)  # fmt: skip
