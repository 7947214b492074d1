"""Hand-offs of incidents to who is no unit of the city: acknowledged, withdrawn, or escalated until they are."""
