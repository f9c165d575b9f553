"""Text a seller types to frozen commands, without any I/O."""
