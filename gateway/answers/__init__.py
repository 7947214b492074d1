"""Forms of answers that are no JSON of the contracts: problems, the bank's, QR codes, sheets."""
