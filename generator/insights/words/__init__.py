"""Words of captions, and the names of clusters."""
