"""Without a screen: scripts, a sandbox and whole lessons line by line. No cursor movement, no colour needed."""
