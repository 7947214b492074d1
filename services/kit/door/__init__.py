"""Door: who comes in over MQTT, by which password, and what they may do there. Pillars say whom they know."""
