"""The commands of the simulated computers, one module a command or a family of them."""
