"""The course: lessons, conditions, sessions, progress."""
