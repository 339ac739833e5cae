"""What answers have in common: what they rest on, cursors, and records as they are shown."""
