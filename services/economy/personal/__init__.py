"""Personal: what this pillar keeps of somebody by their login, and what of it is erased when they ask for that."""
