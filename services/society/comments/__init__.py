"""Comments: what residents say of proposals, read by an officer first."""
