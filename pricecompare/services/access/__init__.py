"""Who may do what: keys, signatures, people at the console, and how often they ask."""
