"""All that is known of an incident: clocks, work, hand-offs, calls and timeline, as one message."""
