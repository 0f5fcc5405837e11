"""A real cluster in the place of the simulated one, as far as a lesson can be played there."""
