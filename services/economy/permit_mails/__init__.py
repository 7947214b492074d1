"""Permit mails: who is reminded by mail of which permit's end, and the queue of what they are sent."""
