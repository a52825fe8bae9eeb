"""One module per identifier family; TABLE lists them. A new family is a module and a line here."""

from clinft.stages.audit.recognizers import (
    account,
    ages,
    biometric,
    dates,
    device,
    health_plan,
    internet,
    license_number,
    medical_record,
    names,
    other_id,
    payload,
    places,
    social_security,
    telephone,
    vehicle,
)
from clinft.stages.audit.rule import Rule

TABLE: dict[str, tuple[Rule, ...]] = {
    "names": names.RULES,
    "places": places.RULES,
    "dates": dates.RULES,
    "ages": ages.RULES,
    "telephone": telephone.RULES,
    "internet": internet.RULES,
    "social_security": social_security.RULES,
    "medical_record": medical_record.RULES,
    "health_plan": health_plan.RULES,
    "account": account.RULES,
    "license_number": license_number.RULES,
    "vehicle": vehicle.RULES,
    "device": device.RULES,
    "biometric": biometric.RULES,
    "payload": payload.RULES,
    "other_id": other_id.RULES,
}
