"""The terms of tickets, by the city profile, and who may act on them."""
