"""Literature research: what is asked, and how a brief is put together from the answers. All of it is pure."""
