"""What officers and reporters say in the made-up histories, in Indonesian as in real life."""

REJECTED = (
    "Lokasi dan masalah tidak dapat dikenali dari laporan. Silakan lapor kembali dengan patokan yang jelas.",
    "Ruas jalan ini kewenangan pemerintah pusat; laporan disarankan melalui lapor.go.id.",
    "Masalah ini sengketa antarwarga dan bukan kewenangan pemerintah kota.",
)
STARTED = (
    "Tim survei sudah dijadwalkan ke lokasi.",
    "Laporan diterima, petugas lapangan menuju lokasi.",
    "Sudah dicek di lapangan, pekerjaan dijadwalkan.",
    "",
)
ASKED = (
    "Mohon patokan lokasi yang lebih tepat, misalnya nomor rumah atau RT/RW.",
    "Sejak kapan hal ini terjadi, dan pada jam berapa biasanya?",
)
REPLIED = (
    "Di seberang mushala, gang pertama dari arah pasar.",
    "Sejak minggu lalu, paling parah sore hari.",
)
RESOLVED = (
    "Pekerjaan selesai, lokasi sudah dirapikan.",
    "Sudah ditangani petugas lapangan hari ini.",
    "Perbaikan selesai. Terima kasih atas laporannya.",
    "Sudah ditindaklanjuti bersama kelurahan setempat.",
)
REFUSED = (
    "Usulan dicatat untuk pembahasan anggaran tahun depan; tahun ini belum tersedia anggarannya.",
    "Setelah dicek, kondisi di lapangan memenuhi ketentuan sehingga tidak ada pekerjaan yang diperlukan.",
)
REOPENED = (
    "Masih sama seperti sebelumnya, belum ada perubahan di lokasi.",
    "Hanya sebagian yang dikerjakan, sisanya masih rusak.",
)
