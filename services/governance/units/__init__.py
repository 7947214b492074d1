"""Units of 112: what they do, who their crew is, and where they are."""
