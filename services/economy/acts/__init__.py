"""Who did what with money, and whom they did it with."""
