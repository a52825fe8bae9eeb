"""What is sent to people outside the repository: worked out afresh each time, minus what was sent before."""
