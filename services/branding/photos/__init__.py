"""Photos of destinations: what the city knows of pictures, and who has to be named; the bytes lie in the file store."""
