"""What runs inside Rasa: the sentence encoder, the topic classifier, places and numbers."""
