"""Readers of what other trackers wrote: each turns a file or a folder into rows of a replica."""
