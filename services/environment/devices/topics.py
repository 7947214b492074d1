"""Where devices say and hear something: each below its own topic, in an account of NATS that is theirs alone.

The supervisor reads this module, too, so it needs no other but the kit's of topics.
"""

from services.kit.mqtt.topics import Topics

OBSERVATIONS, ANSWERS = "observations", "answers"
COMMANDS, PROBLEMS = "commands", "problems"
TOPICS = Topics("devices", "DEVICES", says=(OBSERVATIONS, ANSWERS), hears=(COMMANDS, PROBLEMS))
