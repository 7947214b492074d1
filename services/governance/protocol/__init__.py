"""The city's protocol of the emergency number: kinds, priorities, services, run cards, and whom incidents go to."""
