"""Photos: made safe, stored, and recorded with a case."""
