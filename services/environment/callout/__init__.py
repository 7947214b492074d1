"""Callout: a process of its own that NATS asks whether a device may come in, and that shows devices out."""
