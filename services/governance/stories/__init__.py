"""Stories: what happened in all pillars under one correlation id, as far as everybody may know it."""
