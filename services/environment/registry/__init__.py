"""The registry: the things and datastreams that the city's profile names."""
