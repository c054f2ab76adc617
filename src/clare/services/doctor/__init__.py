"""Looking for everything that can be wrong, and mending what is safe to mend."""
