"""(K) Certificates and licences, (L) vehicles, (M) devices."""

from clinft.stages.audit.sensitivity.canaries.checked import dea, device_identifier, imei, npi, vin
from clinft.stages.audit.sensitivity.canaries.form import HEX, Form
from clinft.stages.audit.sensitivity.draw import Draw


def mac(draw: Draw) -> str:
    pairs = [draw.one(HEX) + draw.one(HEX) for _ in range(6)]
    return draw.one((":", "-")).join(pairs).upper()


LICENSE = (
    Form(
        (
            "Driver's license {}",
            "Driver license number {}",
            "DL# {}",
            "DL: {} (expired)",
            "Drivers licence no. {}",
            "License number {}",
            "Identified by state ID {}",
            "License # {} surrendered",
            "Shows license {}, still drives",
            "CDL {} under review",
        ),
        (
            "^#######",
            "^###-####-####",
            "$#######",
            "^^######",
            "## ### ###",
            "### ### ###",
            "^###-###-##-###-#",
            "$##-##-####",
            "^#### ##### #####",
            "WDL^^^###^^",
        ),
        keys=("license number", "driver license", "drivers license number", "dl number"),
    ),
    Form(
        (
            "Medical license {}",
            "RN license # {}",
            "License no. {} (state board)",
            "Certificate number {}",
            "Certificate no. {}",
            "Pilot certificate {}",
            "Nursing licence {} on file",
            "Board certification # {}",
            "Birth certificate no. {}",
            "Concealed carry permit {}",
            "Death certificate number {}",
        ),
        ("MD-#####", "$#####", "RN$#####", "^^-#####", "$######", "^#####", "$##-##-######"),
        keys=("certificate number", "medical license", "license no", "permit number"),
    ),
    Form(
        ("DEA {}", "DEA# {}", "DEA number: {}", "Rx signed, DEA no. {}"), (dea,), keys=("dea", "dea number")
    ),
    Form(
        ("NPI {}", "NPI: {}", "NPI# {}", "National provider identifier {}"),
        (npi,),
        keys=("npi", "provider npi"),
    ),
)
VEHICLE = (
    Form(
        (
            "VIN {}",
            "VIN: {}",
            "Vehicle identification number {}",
            "Rear-ended in her car, VIN# {}",
            "Vehicle {} was towed",
            "Driver of vehicle {}",
        ),
        (vin,),
        keys=("vin", "vehicle id", "vehicle vin"),
    ),
    Form(
        (
            "License plate {}",
            "Plate number {}",
            "Plate: {}",
            "Drives a blue pickup, plates {}",
            "Car tag {}",
            "License plate no. {} (TX)",
            "Vehicle registration {}",
            "Struck by a sedan with plate {}",
            "Tag # {}",
            "Handicap placard for plate {}",
        ),
        ("$^^^###", "^^^-####", "^^^ ####", "###-^^^", "^^## ^^^", "^^^####", "^## ^^^", "$^^^ ##"),
        keys=("license plate", "plate", "plate number", "vehicle plate"),
    ),
    Form(
        ("Motorcycle frame no. {}", "Boat hull number {}", "Vehicle serial number {}", "Trailer serial # {}"),
        ("^^^#####^###", "^^#######", "$########"),
        keys=("vehicle serial number",),
    ),
)
DEVICE = (
    Form(
        (
            "Pacemaker serial number {}",
            "Pacemaker S/N {}",
            "ICD serial no. {}",
            "Device serial # {}",
            "SN: {}",
            "Serial number {} interrogated",
            "Insulin pump serial {}",
            "Left hip implant, serial {}",
            "Cochlear implant (S/N {}) working",
            "Device ID {}",
            "Ventilator unit, serial no {}",
            "CPAP s/n {}",
            "Lead model 5076, serial {}",
        ),
        (
            "PJN######",
            "^^^######H",
            "$######",
            "SN-$#####",
            "$###-####-##",
            "^#######",
            "^^$#####^",
            "$###########",
            "TZB######S",
        ),
        keys=("device serial", "serial number", "device id", "pacemaker serial number", "implant serial"),
    ),
    Form(
        ("UDI {}", "UDI: {}", "Implant {}", "Unique device identifier {}", "Sticker reads {}"),
        (device_identifier,),
        keys=("udi", "device udi"),
    ),
    Form(
        ("IMEI {}", "Phone IMEI: {}", "Remote monitor, IMEI no. {}"),
        (imei,),
        keys=("imei",),
    ),
    Form(
        ("MAC address {}", "Bedside monitor MAC {}", "Glucose reader {} paired", "MAC: {}"),
        (mac,),
        keys=("mac address", "device mac"),
    ),
)
