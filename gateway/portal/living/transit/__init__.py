"""Pages of public transport: ways from here to there, stops and lines."""
