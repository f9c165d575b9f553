"""A trial on anybody's export: value, potential, segments and policy of a table, with no store."""
