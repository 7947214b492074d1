"""Micro businesses and city counters."""
