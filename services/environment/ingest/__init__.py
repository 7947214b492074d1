"""Ingest: what devices send, message by message, stored with what else it means in one commit."""
