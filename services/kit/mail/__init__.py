"""Mail: addresses and how they are kept, the tokens of links, and how a message is handed to the city's server."""
