"""Forms of answers: the bank's, QR codes, sheets."""
