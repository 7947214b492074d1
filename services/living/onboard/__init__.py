"""Onboard: what vehicles themselves tell over MQTT, message by message, into the group commit of all positions."""
