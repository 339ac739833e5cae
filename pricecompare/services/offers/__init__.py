"""Who has a drug: one pack, all packs of a group side by side, and what else would do."""
