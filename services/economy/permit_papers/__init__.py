"""Papers of permits: what they say, the city's signature on it, and that anybody can check them."""
