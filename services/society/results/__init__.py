"""Results: the box is opened, its votes shuffled and counted; what came of it, and the votes to count again."""
