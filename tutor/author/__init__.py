"""What instructors run: proving lessons."""
