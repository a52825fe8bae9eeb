"""What stages hand to each other: typed payloads inside one envelope, linked by digests."""
