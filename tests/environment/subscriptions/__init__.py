"""Tests of subscriptions to warnings."""
