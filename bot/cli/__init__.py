"""The command line: one module a theme, loaded only when one of its commands is called."""
