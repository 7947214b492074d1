"""Payments at work: real gRPC, real PostgreSQL."""
