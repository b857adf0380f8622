"""The content-addressed cache, the folders it lies in, and the lock on an output folder."""
