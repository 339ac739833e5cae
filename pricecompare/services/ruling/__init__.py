"""Rules in force besides the default one: where they hold, what they find, and how that is told."""
