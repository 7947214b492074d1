"""Travel cards: what a passenger shows, what is owed for rides with it, and which of them no validator may take."""
