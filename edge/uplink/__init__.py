"""Outbox to broker and back: the process that talks to the cloud."""
