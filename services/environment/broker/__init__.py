"""Broker: what devices publish over MQTT, read so that nothing that they were acknowledged is lost."""
