"""The simulated cluster: pure, synchronous and deterministic, with a clock and a seed of its own.

Nothing here does input or output, sleeps, or knows of a shell or a screen. `Cluster` (in `cluster.py`) is the way in.
"""
