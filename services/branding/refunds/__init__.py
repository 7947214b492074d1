"""Money that goes back: asked for at economy until it is there."""
