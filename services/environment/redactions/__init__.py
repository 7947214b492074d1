"""What environment keeps of a case goes with the words that governance took out of it for good."""
