"""QRIS: the text in a payment's QR code (EMVCo, merchant-presented mode), both ways."""
