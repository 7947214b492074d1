"""Confirmations: what the links in mails do, and how mail to the holder of a key stands."""
