"""The sticky comment of a pull request and the job summary beside it: pure functions of the report."""
