"""The subcommands of `kubectl set`."""
