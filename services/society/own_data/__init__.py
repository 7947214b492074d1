"""Own data: what the city keeps of somebody, asked of every pillar by an event, and erased there."""
