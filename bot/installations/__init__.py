"""Workspaces that installed us: asking for their tokens, keeping them fresh, and letting them go."""
