"""Ways to write an identifier, by letter of 45 CFR 164.514(b)(2)(i): made from what people write, not from
what the rules look for. Values are plausible, never from a range that is set aside."""

from clinft.stages.audit.sensitivity.canaries import (
    codes,
    contacts,
    dates,
    names,
    payloads,
    places,
    records,
    things,
)
from clinft.stages.audit.sensitivity.canaries.form import Form

FORMS: dict[str, tuple[Form, ...]] = {
    "A": names.FORMS,
    "B": places.FORMS,
    "C": dates.FORMS,
    "D": contacts.TELEPHONE,
    "E": contacts.FAX,
    "F": contacts.EMAIL,
    "G": records.SOCIAL_SECURITY,
    "H": records.MEDICAL_RECORD,
    "I": records.HEALTH_PLAN,
    "J": records.ACCOUNT,
    "K": things.LICENSE,
    "L": things.VEHICLE,
    "M": things.DEVICE,
    "N": contacts.WEB,
    "O": contacts.INTERNET,
    "P": payloads.BIOMETRIC,
    "Q": payloads.PICTURE,
    "R": codes.CODES,
}
