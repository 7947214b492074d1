"""Concessions: who rides in a cheaper class, and until when; an officer has seen the proof."""
