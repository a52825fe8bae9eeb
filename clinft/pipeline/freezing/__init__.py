"""`clinft freeze`: the only writer of a project's folder synthetic/."""
