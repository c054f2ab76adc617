"""The only modules that touch git: reading a board, appending to it, syncing it."""
