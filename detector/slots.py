"""Every slot that a template may name."""

from detector import locations, organisations, people
from detector.plain import PLAIN, plain
from detector.template import Slot

SLOTS: dict[str, Slot] = {
    **PLAIN,
    "person": people.person,
    # Names of things named for somebody, who is no person of the text.
    "first": plain(people.given),
    "last": plain(people.surname),
    "plain_person": people.plain_person,
    "given": people.given_only,
    "surname": people.surname_only,
    "nickname": people.nickname,
    "family": people.family,
    "initials": people.initials,
    "mr": people.titled,
    "initial": people.one_initial,
    "dr": people.doctor,
    "street": locations.street,
    "road": locations.road,
    "address": locations.address,
    "city": locations.city,
    "city_state": locations.city_state,
    "city_line": locations.city_line,
    "zip": locations.zip_code,
    "county": locations.county,
    "facility": locations.facility,
    "bare_facility": locations.bare_facility,
    "ward": locations.ward,
    "employer": organisations.employer,
    "school": organisations.school,
    "church": organisations.church,
    "id": organisations.free_id,
}
