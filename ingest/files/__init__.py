"""Rows from CSV, vCard and mbox files, and what an import of them would do."""
