"""IncidentService: what is asked about incidents, done by the rooms below and answered with all that is known."""
