"""Rasa's custom actions: adapters that read slots, call the rules and the store, say one thing and return events."""
