"""Jobs, ideas, sending and lift."""
