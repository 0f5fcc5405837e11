"""The simulated cluster served as a Kubernetes API, so that the real kubectl and other clients can talk to it."""
