"""Another account that the takings of a business are paid out to: asked for by its owner, checked by the agency."""
