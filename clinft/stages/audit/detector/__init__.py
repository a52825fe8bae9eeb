"""Names, places, organisations and free-form ids, which no rule can list: found by a small network."""
