"""A report in words and tables, and the same as one file to hand on."""
