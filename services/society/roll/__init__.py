"""The roll: who has voted, by a digest that is another in each ballot; not how, and not when."""
