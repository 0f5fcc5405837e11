"""Input that is wrong in every way that chance finds."""
