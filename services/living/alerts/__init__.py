"""What is different on public transport: told by officers, by the city's flood warnings, and by other operators."""
