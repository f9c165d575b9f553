"""What can be asked of the store; queries are nouns and return frozen values."""
