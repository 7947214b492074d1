"""Fares: what a ride costs a class of passengers, by the city's profile, with changes and the most that a day costs."""
