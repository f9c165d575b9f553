"""What is personal, how it is handed out, removed and expired."""
