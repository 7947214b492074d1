"""Photos of destinations: model, records, pages."""
