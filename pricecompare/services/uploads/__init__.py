"""Files on their way in: received, kept, told of, decided about, and what changed for those who keep a copy."""
