"""Callout: the process that lets in whoever comes over MQTT, by the doors that pillars declare."""
