"""What an operator does besides serving: upgrade, back up, restore, prune, and look whether all is well."""
