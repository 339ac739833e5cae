"""Measurements: the invented city against the usual ways to do the same. ``python -m benchmarks`` runs all of them."""
