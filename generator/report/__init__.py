"""Everything the pages show, as frozen view models."""
