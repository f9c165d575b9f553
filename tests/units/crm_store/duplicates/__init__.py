"""Duplicates in the store."""
