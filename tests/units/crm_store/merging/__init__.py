"""Merges and their end."""
