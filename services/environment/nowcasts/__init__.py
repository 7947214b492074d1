"""Short-term weather warnings of the national service, read from its CAP feed. They raise no warning of the city's."""
