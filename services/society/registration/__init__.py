"""Registration: numbers of identity cards, how they are kept, and who in the city verifies them."""
