"""What brands post: shares of clusters beside those of rivals."""
