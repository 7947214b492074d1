"""Vehicles that tell over MQTT where they are."""
