"""Long runs of many agents at once; a short one is part of the tests."""
