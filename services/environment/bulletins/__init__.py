"""Bulletins: what is published of warnings, as CAP 1.2 messages, signed and kept as bytes."""
