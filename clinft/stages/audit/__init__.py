"""The HIPAA audit: the 18 Safe Harbor identifiers in the files that would be trained on or sent."""
