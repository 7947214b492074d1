"""Turns the contracts under `proto/` into Python: messages, stubs, gRPC, JSON views and the event catalogue."""
