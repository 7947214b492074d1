"""The city as it is shown: its home in memory, its reference data, its terms of payments."""
