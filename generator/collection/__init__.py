"""Which posts are shown, and what is kept of each image."""
