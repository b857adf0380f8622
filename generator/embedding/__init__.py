"""Vectors that describe images: from networks, from built-in features, or from the user."""
