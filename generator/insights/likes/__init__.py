"""What posts get: likes and comments against what is typical."""
