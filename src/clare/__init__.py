"""Clare keeps the work of a fleet of people and coding agents in git."""

__version__ = "0.4.0"
