"""(Q) Photographs, as far as text can hold them: data URIs, base64 and hex, file names, EXIF, DICOM."""

import re

from clinft.stages.audit.rule import Certainty, digits_of, rule, value_of

BASE64 = r"[A-Za-z0-9+/_-]"
START = r"(?<![A-Za-z0-9+/_-])"
# First bytes as base64: PNG, JPEG, GIF, TIFF in both byte orders, RIFF...WEBP, BMP,
# JPEG 2000, Photoshop, and HEIC or AVIF, whose `ftyp` stands behind four bytes of length.
IMAGE_BASE64 = (
    rf"(?:iVBORw0KGgo|/9j/[2-7]|R0lGOD[dl]h|SUkqA|TU0AK|UklGR{BASE64}{{6}}XRUJQ|"
    r"Qk[0-9A-Za-z+/]{3,8}AAAAANgAAA|AAAADGpQIC|OEJQUw|"
    rf"AAAA{BASE64}{{2}}Z0eXB(?:oZWl|oZXZ|taWYx|tc2Yx|hdmlm))"
)
IMAGE_HEX = (
    r"(?:ffd8ff(?:e[0-9a-f]|db)|89504e470d0a1a0a|474946383[79]61|49492a00|4d4d002a|"
    r"52494646[0-9a-f]{8}57454250|000000[0-9a-f]{2}66747970(?:68656963|6d696631|61766966))"
)
EXTENSION = (
    r"(?:jpe?g|jfif|png|gif|bmp|tiff?|heic|heif|webp|avif|dcm|dicom|raw|cr2|nef|arw|dng|jp2|j2k|svs|ndpi|psd|"
    r"nii(?:\.gz)?|nrrd)"
)
# EXIF 2.3, as exiftool, exiv2 and Pillow print what a camera writes into a picture.
EXIF = (
    r"(?:Exif\.\w{3,12}\.\w{3,40}|GPS(?:Latitude|Longitude|Altitude|Position|DateStamp)(?:Ref)?|GPSInfo|"
    r"DateTimeOriginal|(?:Body|Lens|Internal|Camera)SerialNumber|MakerNote|CameraOwnerName|ImageUniqueID|"
    r"XP(?:Author|Comment|Title))"
)


def _is_number_of_a_photo(match: re.Match[str]) -> Certainty | None:
    """Four digits or more, and no year."""
    value = value_of(match)
    return None if len(digits_of(value)) < 4 or re.fullmatch(r"(?:19|20)\d\d", value) else "plausible"


RULES = (
    rule(
        "image-data",
        "IMAGE_DATA",
        r"(?i)data:(?:image|application/(?:dicom|pdf))[\w/.+-]{0,40}[;,][^\s\"'<>)]+",
        0.95,
        words="image application",
    ),
    rule("image-base64", "IMAGE_DATA", rf"{START}{IMAGE_BASE64}{BASE64}{{8,}}={{0,2}}", 0.95),
    # DICOM begins with 128 empty bytes and `DICM`.
    rule("dicom-base64", "IMAGE_DATA", rf"{START}A{{170}}BESUNN{BASE64}*={{0,2}}", 0.95, symbol="BESUNN"),
    rule("image-hex", "IMAGE_DATA", rf"(?i)(?<![0-9a-z]){IMAGE_HEX}[0-9a-f]{{8,}}", 0.95),
    rule(
        "image-file",
        "IMAGE_FILE",
        rf"(?i)(?<![\w.])[\w./\\~%-]{{1,120}}\.{EXTENSION}\b(?!\()",
        0.8,
        symbol=".",
    ),
    # A photograph by its number in a file or a department.
    rule(
        "photo-number",
        "IMAGE_FILE",
        (
            r"(?i)\b(?:photo(?:graph)?s?|photography|picture|portrait|mug ?shot|(?:face|facial) image)"
            r"(?: (?:no\.?|number|ref(?:erence)?\.?|id|job|file|#)){0,2}[ :#=]{1,3}"
            r"(?P<value>(?!\d{1,2}/\d{1,2}(?!\d))(?=[\w/-]{0,5}\d{2})[a-z]{0,4}\d{0,2}[/-]?\d{2,6}"
            r"(?:[/-]\d{1,6})?)(?![\w/-])"
        ),
        0.8,
        judge=_is_number_of_a_photo,
        digit=True,
    ),
    # Names that cameras and telephones give, also without their ending.
    rule(
        "camera-file",
        "IMAGE_FILE",
        (
            r"(?<![\w.])(?:IMG|DSC[NF]?|DCIM|PXL|MVIMG|GOPR|PANO|SCAN|PHOTO|Photo|photo|image|Image|selfie)"
            r"(?:[_-]?(?:19|20)\d{6}[_-]\w{3,12}|[_-]E?\d{3,8}|\d{4,8})(?!\w)"
        ),
        0.8,
        digit=True,
    ),
    rule(
        "image-tag",
        "IMAGE_FILE",
        r"(?i)<img\s[^>]{0,400}?src\s?=\s?[\"']?(?P<value>[^\s\"'>]{5,})",
        0.8,
        words="img",
        symbol="<",
    ),
    rule("markdown-image", "IMAGE_FILE", r"!\[[^\]\n]{0,200}\]\((?P<value>[^()\s]+)\)", 0.8, symbol="!["),
    rule(
        "exif",
        "IMAGE_FILE",
        rf"\b{EXIF}[\"' ]{{0,20}}[:=][\"'\[( ]{{0,4}}(?P<value>[\w.+:/-][^\n,;\"']{{0,80}})",
        0.85,
    ),
    # DICOM PS3.5, unique identifiers: of a study or an image, not of the standard itself (1.2.840.10008).
    rule(
        "dicom-uid",
        "IMAGE_FILE",
        (
            r"(?<![\d.])(?:1\.2\.840\.(?!10008\b|10065\b)\d{3,6}|1\.3\.6\.1\.4\.1|1\.3\.(?:12\.2|46\.670589)|"
            r"1\.2\.(?:276|392|826|410|156)\.0?|2\.16\.840\.1\.114\d{3})(?:\.\d{1,39}){4,20}(?![\d.]*\w)"
        ),
        0.85,
        digit=True,
    ),
    rule("dicom-uid-uuid", "IMAGE_FILE", r"(?<![\d.])2\.25\.\d{20,39}(?![\d.]*\d)", 0.85, symbol="2.25."),
)
