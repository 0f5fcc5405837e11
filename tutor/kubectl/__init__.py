"""kubectl: a command line in, calls of the engine's API, text out."""
