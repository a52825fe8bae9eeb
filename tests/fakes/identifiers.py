"""Invented identifiers by Safe Harbor letter, and clinical text that only looks like them."""

# (letter, text before, the identifier itself, text after)
PLANTED = [
    ("A", "Patient name: ", "Margaret Okafor", " and no fever"),
    ("A", "Seen with her son, Mr. ", "Tobias Lindqvist", ", today"),
    ("A", "Dear Mrs. ", "Alvarez-Ruiz", ", you came with a cough"),
    ("B", "lives at ", "1428 Elm Street", ", alone"),
    ("B", "zip code ", "03601", " on the form"),
    ("C", "admitted on ", "03/14/2024", " with a cough"),
    ("C", "DOB: ", "1949-02-11", ", retired"),
    ("D", "call ", "617-555-7788", " please"),
    ("E", "Fax: ", "(617) 736-5001", " only"),
    ("F", "write to ", "jane.roe@stmarys-clinic.com", " please"),
    ("G", "SSN ", "219-09-9998", " on file"),
    ("G", "social security number ", "457 55 5462", ""),
    ("H", "MRN ", "00482913", " in the chart"),
    ("I", "Medicare ID ", "1EG4-TE5-MK73", " checked"),
    ("I", "member ID: ", "XYZ123456789", ""),
    ("J", "account number ", "4480231177", " billed"),
    ("K", "license number ", "D1234567", " shown"),
    ("L", "VIN ", "1HGCM82633A004352", " of the car"),
    ("L", "license plate ", "7ABC123", ""),
    ("M", "pacemaker serial number ", "SN-884412", " implanted"),
    ("N", "see ", "https://portal.stmarys-clinic.org/p/8812", " for more"),
    ("O", "from ", "84.17.33.201", " at night"),
    ("P", "voiceprint template: ", "c2FtcGxlX3ZvaWNlXzEyMw", " stored"),
    ("Q", "photo ", "data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAAAQABAAD", " attached"),
    ("R", "encounter number ", "99182734", " closed"),
    ("R", "case id ", "3f2b8c1e-7d4a-4b9f-9c3e-5a1d7e8f0b26", ""),
]

# Everyday clinical text with digits, names of things and capitals: nobody's.
CLEAN = [
    "BP 120/80, HR 72, RR 16, T 36.9 C, SpO2 97% on room air.",
    "POD 2 after laparoscopic cholecystectomy; drain output 40 mL in 24 hours.",
    "T2-weighted MRI shows a 4.3 cm mass; CA 19-9 2055 U/mL.",
    "Metformin 500 mg twice daily, insulin glargine 18 units at night.",
    "WBC 14.2, Hgb 9.1 g/dL, platelets 412,000/uL, INR 2.3.",
    "Parkinson disease, treated with carbidopa-levodopa 25/100; Babinski negative.",
    "A Foley catheter and a Jackson-Pratt drain are in place.",
    "ICD-10-CM I21.4 and E11.9; LOINC 718-7; RxNorm 6809.",
    "An 89-year-old woman with two weeks of cough.",
    "Known since 2019; ejection fraction 35-40 %.",
    "Apgar 8 and 9; G2P1 at 38 weeks.",
    "Glasgow Coma Scale 15; NYHA class III; Child-Pugh B.",
    "Phone consult with cardiology; will see him next week.",
    "Trial NCT01234567 reported a hazard ratio of 0.74 (95 % CI 0.61-0.90).",
    "Patients 90 or older were pooled.",
    "Will, may and can are verbs here; the summer was hot.",
]

# In ranges that are set aside for examples or were never given out.
RESERVED = [
    ("D", "call 617-555-0142 please"),
    ("F", "write to someone@example.org please"),
    ("N", "see https://www.example.com/page for more"),
    ("O", "from 192.0.2.17 at night"),
    ("O", "from 2001:db8::17 at night"),
    ("G", "SSN 000-12-3456 on file"),
    ("G", "SSN 666-12-3456 on file"),
    ("G", "SSN 987-65-4320 on file"),
    ("E", "fax 617-555-0142 please"),
]
