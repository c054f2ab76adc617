"""One module per use case: decide on the projection, then append."""
