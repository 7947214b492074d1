"""Progress: what is made of where vehicles are, kept and shown."""
