"""What stages ask of the world, as Protocols; adapters implement them, wiring chooses."""
