"""Watching: rules held to readings as they come, and to the time that passes without any."""
