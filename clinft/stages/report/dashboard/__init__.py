"""The dashboard: pages of HTML from what is known of projects and runs. Pure: it reads and writes nothing."""
