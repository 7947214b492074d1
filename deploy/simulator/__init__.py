"""Devices that are none: they measure a made-up world, and speak MQTT as real ones do."""
