"""Devices over MQTT: a real NATS, the process that lets them in, and who reads them."""
