"""A bash over bashkit: the learner's own shell and one for every container."""
