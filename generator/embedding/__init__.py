"""What an image looks like, as numbers: networks, the built-in features, and vectors brought by the user."""
