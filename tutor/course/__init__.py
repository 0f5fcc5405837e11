"""Lessons: their schema and loader, conditions, the learner's session, and progress kept on disk."""
