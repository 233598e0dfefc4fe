"""Driver ``bundle``: a set of Kubernetes objects that a cluster takes as one."""
