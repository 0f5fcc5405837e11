"""What a step asks for, as data: each condition is a record that knows how to read the evidence of a session."""
