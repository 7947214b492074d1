"""What an operator does with a running platform, on one machine or in a cluster."""
