"""The dashboard: what its pages show, gathered from the committed record, and the folder they go to."""
