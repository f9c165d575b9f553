"""Values to Block Kit blocks, without any I/O."""
