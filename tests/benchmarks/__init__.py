"""Measurements: whole processes on a board of a given size. They judge nothing; they print."""
