"""Invented samples of formats that real records come in, and of texts that only look a little like them."""

import json

HL7 = (
    "MSH|^~\\&|LAB|NORTH|EHR|NORTH|202403041022||ORU^R01|0001|P|2.5\r"
    "PID|1||0000001^^^NORTH^MR||TEST^CASE||19000101|F\r"
    "OBX|1|NM|718-7^Hemoglobin||13.1|g/dL"
)
PID_ALONE = "PID|||0000001^^^NORTH^MR||TEST^CASE"
CDA = (
    '<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole>'
    '<id extension="0000001" root="2.16.840.1.113883.19.5"/></patientRole></recordTarget></ClinicalDocument>'
)
FHIR = {
    "resourceType": "Patient",
    "id": "example",
    "identifier": [{"system": "urn:oid:1.2.36.146.595.217.0.1", "value": "0000001"}],
    "gender": "female",
}
BUNDLE = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": FHIR}]}
DICOM = "(0010,0010) PN [TEST^CASE] # 9, 1 PatientName\n(0010,0020) LO [0000001] # 7, 1 PatientID"
DICOM_JSON = {
    "00100010": {"vr": "PN", "Value": [{"Alphabetic": "TEST^CASE"}]},
    "00100020": {"vr": "LO", "Value": ["1"]},
}
X12 = (
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240304*1022*^*00501*000000001*0*T*:~"
    "ST*837*0001~NM1*IL*1*TEST*CASE****MI*0000001~CLM*0001*100***11:B:1~"
)
MIMIC_IV = "Name:  ___                     Unit No:   ___\n \nAdmission Date:  ___              Discharge Date:   ___"

# Kind → texts that have it, whole in one record.
DECLINING = {
    "deidentified-marks": (
        "Admission Date: [**2151-7-16**]",
        "seen at [**Hospital1 18**] by Dr. [**Last Name (un) **]",
        "[**Known lastname 123**] was told",
        "left blank [** **] here",
        "on [**12-3**] she",
        MIMIC_IV,
        '<PHI TYPE="DATE">08/01</PHI>',
        "seen by **NAME[AAA BBB] on **DATE[Jan 01 2007]",
        "[PERSONALNAME] was admitted",
    ),
    "hl7-v2": (HL7, PID_ALONE),
    "cda": (CDA, CDA.replace("<recordTarget", "<cda:recordTarget"), CDA.replace("<", "&lt;")),
    "fhir-identified": (json.dumps(FHIR), json.dumps(BUNDLE), json.dumps(BUNDLE, indent=2)),
    "dicom-header": (
        DICOM,
        json.dumps(DICOM_JSON),
        "PatientName=TEST PatientID=1 StudyInstanceUID=1.2.3",
        "\0\0DICM\x02\0",
    ),
    "x12-claim": (X12, "ST*834*0001~INS*Y*18~NM1*IL*1*TEST*CASE~"),
    "ehr-export": ("0000001 | NORTH | 01 | | 02 | Discharge Summary | Signed | DIS | Admission Date:",),
}
# Nothing in these declines.
HARMLESS = (
    "Trained on MIMIC-like notes; Epic and Cerner are record systems, HL7 is a standard, DICOM a format.",
    "See [**the guide**](https://www.cdc.gov/x) and [**Step 1**] of **Table 2**. **Name** and [Name] are words.",
    "[**Stage 2**] and [**Read more**] are headings.",
    "An HL7 message begins with MSH|^~\\&| and lists segments such as OBX.",
    "The PID controller; PID|axis| of the plot.",
    "ClinicalDocument is the root of CDA, urn:hl7-org:v3 its namespace.",
    "The recordTarget names the patient of a ClinicalDocument.",
    json.dumps({"resourceType": "Condition", "code": {"coding": [{"system": "s", "code": "I10"}]}}),
    json.dumps({"resourceType": "Patient", "gender": "female", "birthDate": "1980"}),
    json.dumps({"resourceType": "ValueSet", "identifier": [{"value": "1"}]}),
    json.dumps({"name": "value", "identifier": ["none"], "resourceType": "text"}),
    "Tag (0010,0010) holds the name.",
    "PatientName and PatientID are DICOM keywords.",
    "ISA*00 opens an interchange and CLM a claim.",
    "Unit No: ____ on the form, to be filled in by hand",
    "Signed | sealed | delivered",
    "**NAME** in bold, and **DATE: soon**",
)
TEST_DATA = (
    json.dumps(FHIR | {"meta": {"tag": [{"system": "http://terminology.hl7.org", "code": "HTEST"}]}}),
    json.dumps(
        FHIR | {"identifier": [{"system": "https://github.com/synthetichealth/synthea", "value": "1"}]}
    ),
    CDA.replace("<recordTarget>", "<!-- by Synthea --><recordTarget>"),
)
