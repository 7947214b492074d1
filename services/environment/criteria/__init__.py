"""The city's published criteria of flood warnings: which gauge means which level where, and who may decide what."""
