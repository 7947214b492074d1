"""Course mails: who is mailed of which course, and the queue of what they are told."""
