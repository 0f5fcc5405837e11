"""Pictures of the screens."""
