"""Imports of feeds at a desk: brought by one officer, checked in the background, let hold by another."""
