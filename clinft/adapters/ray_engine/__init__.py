"""Ray: the same work by more processes, on a cluster or on this machine."""
