"""Finds the same person, company or place twice in any table, with no labels and with a reason for each pair; pure."""
