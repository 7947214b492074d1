"""What the REST edge handed on and answered before it changed, and whether it still does."""
