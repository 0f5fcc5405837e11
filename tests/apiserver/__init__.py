"""The API server, through HTTP."""
