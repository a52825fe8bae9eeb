"""The generator `clinical-notes`: clinical state → facts → text, over domain packs of version 2."""
