"""Ways from here to there by public transport."""
