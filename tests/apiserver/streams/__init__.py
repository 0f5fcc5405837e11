"""Streams of the API server: exec, attach, logs and port-forward."""
