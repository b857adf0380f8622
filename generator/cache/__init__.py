"""The content-addressed cache, its folders, and the lock on an output folder."""
