"""Photos: what the city knows of pictures; the bytes lie in the file store."""
