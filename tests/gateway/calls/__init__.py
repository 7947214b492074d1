"""Calls to pillars: channels, certificates, attempts."""
