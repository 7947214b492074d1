"""States: where a complaint can stand, and who may take it where."""
