"""How a request travels: cluster DNS, the Service proxy, HTTP between Pods, and the Trace of each request."""
