"""The fleet: depots, trucks and pick-up days, as the city's profile names them."""
