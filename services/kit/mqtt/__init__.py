"""MQTT: what comes in over the city's broker, read by one process at a time so that nothing acknowledged is lost."""
