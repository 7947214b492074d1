"""Reading the whole number of the account that a business' takings go to: its owner, and who decides on it."""
