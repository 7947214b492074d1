"""Keys: link keys of cases, data keys of contacts."""
