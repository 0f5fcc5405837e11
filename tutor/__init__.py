"""Learn the Kubernetes ClusterIP Service by doing, over a simulated cluster."""

__version__ = "0.1.0"
