"""The ground: settings, clock, tables, actions, queries and matching."""
