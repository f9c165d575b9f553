"""Frozen values that cross package borders."""
