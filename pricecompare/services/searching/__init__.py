"""Drugs by what people type, and how many pharmacies sell what was found."""
