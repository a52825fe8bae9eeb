"""`clinft logs`: what happened to a run, and a bundle of that which may be sent to somebody else."""
