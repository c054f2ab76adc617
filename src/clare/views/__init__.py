"""Pure functions from the projection, and a time passed in, to answers."""
