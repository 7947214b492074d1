"""Where vehicles tell: each below its own topic, in an account of NATS that is theirs alone.

The supervisor reads this module, too, so it needs no other but the kit's of topics.
"""

from services.kit.mqtt.topics import Topics

POSITIONS = "positions"
TOPICS = Topics("vehicles", "VEHICLES", says=(POSITIONS,))
"""They are told nothing."""
