"""Which label of the sets each system's entity type can stand for: what a find of the right type is."""

NAME, LOCATION = "NAME", "LOCATION"
# What rules cannot know: the model for names and places is measured apart.
UNSTRUCTURED = frozenset((NAME, LOCATION))
OTHER = "OTHER_ID"

# All of it; its parts alone; the rules without the prefilter, as on little data.
WHOLE = "ours"
OURS = (WHOLE, "ours-rules", "ours-detector", "ours-re")
# Letter of 45 CFR 164.514(b)(2)(i) → labels. Our finding has the right type where its letter is the label's.
LETTERS: dict[str, tuple[str, ...]] = {
    "A": (NAME,),
    "B": (LOCATION,),
    "C": ("DATE", "AGE_OVER_89"),
    "D": ("PHONE",),
    "E": ("FAX",),
    "F": ("EMAIL",),
    "G": ("SSN",),
    "H": ("MRN",),
    "I": ("HEALTH_PLAN",),
    "J": ("ACCOUNT",),
    "K": ("LICENSE",),
    "L": ("VEHICLE",),
    "M": ("DEVICE",),
    "N": ("URL",),
    "O": ("IP",),
    "P": ("BIOMETRIC",),
    "Q": ("PHOTO",),
    "R": (OTHER,),
}

# Generous where a system has one type for several labels. No label: it can be no identifier's right type.
PRESIDIO: dict[str, tuple[str, ...]] = {
    "PERSON": (NAME,),
    "LOCATION": (LOCATION,),
    "ORGANIZATION": (NAME, LOCATION),
    "NRP": (),
    "DATE_TIME": ("DATE", "AGE_OVER_89"),
    "PHONE_NUMBER": ("PHONE", "FAX"),
    "EMAIL_ADDRESS": ("EMAIL",),
    "US_SSN": ("SSN",),
    "US_ITIN": ("SSN", OTHER),
    "UK_NHS": ("MRN", "HEALTH_PLAN"),
    "US_BANK_NUMBER": ("ACCOUNT",),
    "CREDIT_CARD": ("ACCOUNT",),
    "CRYPTO": ("ACCOUNT",),
    "IBAN_CODE": ("ACCOUNT",),
    "MEDICAL_LICENSE": ("LICENSE",),
    "US_DRIVER_LICENSE": ("LICENSE",),
    "US_PASSPORT": ("LICENSE", OTHER),
    "MAC_ADDRESS": ("DEVICE",),
    "URL": ("URL",),
    "IP_ADDRESS": ("IP",),
    "UUID": ("DEVICE", OTHER),
}
SCRUBADUB: dict[str, tuple[str, ...]] = {
    "credit_card": ("ACCOUNT",),
    "drivers_licence": ("LICENSE",),
    "email": ("EMAIL",),
    "phone": ("PHONE", "FAX"),
    "postalcode": (LOCATION,),
    "social_security_number": ("SSN",),
    "url": ("URL",),
    "vehicle_licence_plate": ("VEHICLE",),
}
SPACY_PII: dict[str, tuple[str, ...]] = {
    "PER": (NAME,),
    "LOC": (LOCATION,),
    "ORG": (NAME, LOCATION),
    "NRP": (),
    "DATE_TIME": ("DATE", "AGE_OVER_89"),
}


def labels(system: str, entity_type: str, letter: str) -> tuple[str, ...]:
    """The likeliest first. A number that a peer has no better type for counts as another identifier."""
    if system in OURS:
        found = LETTERS[letter]
        return found[::-1] if letter == "C" and "OVER_89" in entity_type else found
    table = {"scrubadub": SCRUBADUB, "spacy-pii": SPACY_PII}.get(system, PRESIDIO)
    return table.get(entity_type, (OTHER,))
