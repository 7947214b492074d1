"""Vehicles: registered, told where they are, followed on their lines, and shown."""
