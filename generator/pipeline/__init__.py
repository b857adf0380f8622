"""One build from start to end; the only package that caches stages."""
