"""Units at incidents: sending one, what its moves mean for the incident, and what its crew is told."""
