"""A believable B2B sales team, the same at every start, for the demo and for tests."""
