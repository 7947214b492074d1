"""The QRIS of a payment."""
