"""The one write path: every change is a function here, with its audit entry and its undo."""
