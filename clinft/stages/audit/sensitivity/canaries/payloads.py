"""(P) Biometric identifiers and (Q) pictures, as text can hold them: encoded bytes and file names."""

from base64 import b64encode

from clinft.stages.audit.sensitivity.canaries.form import Form, Maker, shaped
from clinft.stages.audit.sensitivity.canaries.names import family_name
from clinft.stages.audit.sensitivity.draw import Draw

# First bytes of a file tell its kind. ISO/IEC 19794: records of fingers, faces and irises.
FINGER, FACE, IRIS = b"FMR\x00 20\x00", b"FAC\x00010\x00", b"IIR\x00010\x00"
WAV, MP3, OGG = b"RIFF\x24\x08\x00\x00WAVEfmt ", b"ID3\x04\x00", b"OggS\x00\x02"
JPEG, GIF = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", b"GIF89a"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
EXIF, WEBP = b"\xff\xd8\xff\xe1\x1c\x45Exif\x00\x00MM", b"RIFF\x24\x08\x00\x00WEBPVP8 "


def base64(*heads: bytes) -> Maker:
    return lambda draw: b64encode(draw.one(heads) + draw.bytes(draw.between(45, 120))).decode()


def hexadecimal(*heads: bytes) -> Maker:
    return lambda draw: (draw.one(heads) + draw.bytes(draw.between(24, 60))).hex()


def data_uri(*kinds: tuple[str, bytes]) -> Maker:
    def make(draw: Draw) -> str:
        kind, head = draw.one(kinds)
        return f"data:{kind};base64,{base64(head)(draw)}"

    return make


def file_name(*patterns: str) -> Maker:
    """The pattern's {} is a family name."""
    return lambda draw: shaped(draw.one(patterns), draw).format(family_name(draw).lower().replace(" ", "_"))


BIOMETRIC = (
    Form(
        (
            "Fingerprint template: {}",
            "Iris template {}",
            "Biometric enrolment record {}",
            "Faceprint {}",
            "Template stored: {}",
        ),
        (base64(FINGER, FACE, IRIS), hexadecimal(FINGER, FACE, IRIS)),
        keys=("fingerprint", "fingerprint template", "biometric template", "iris template"),
        fixed=True,
    ),
    Form(
        ("Voice recording {}", "Voiceprint {}", "Dictation: {}", "Audio {}"),
        (data_uri(("audio/wav", WAV), ("audio/mpeg", MP3), ("audio/ogg", OGG)), base64(WAV, OGG)),
        keys=("voiceprint", "audio", "voice sample", "recording"),
        fixed=True,
    ),
    Form(
        ("Fingerprint scan saved as {}", "See {} for the prints", "Palm print {}", "Attached {} (left hand)"),
        (
            file_name(
                "fingerprint_{}_thumb.wsq", "right_index_#####.wsq", "palmprint_{}.png", "fp_left_###.iso"
            ),
        ),
        keys=("fingerprint file", "biometric file"),
    ),
    Form(
        ("Voice sample: {}", "Dictated by the patient, {}", "Voice message {} kept", "Recording {} attached"),
        (file_name("{}_voiceprint.wav", "voice_sample_####.wav", "voicemail_{}_##.mp3", "speech-####.m4a"),),
        keys=("voice file", "recording file"),
    ),
    Form(
        ("Retina image {}", "Iris scan saved as {}", "Face template {}", "Gait video {} uploaded"),
        (file_name("iris_scan_####.bmp", "retina_left_###.tiff", "faceprint_{}.dat", "gait_{}_##.mp4"),),
        keys=("iris file", "biometric scan"),
    ),
    Form(
        ("Voiceprint ID {}", "Fingerprint ID: {}", "Iris code {}", "Biometric ID {}", "Palm vein number {}"),
        ("BIO-####-####", "B$#####", "$#######", "~~~~~~~~~~~~"),
        keys=("voiceprint id", "biometric id", "fingerprint id"),
    ),
)
PICTURE = (
    Form(
        ("Photo: {}", "Picture of the face {}", "Image {}", "<img src='{}'>", "![face]({})"),
        (
            data_uri(
                ("image/jpeg", JPEG),
                ("image/png", PNG),
                ("image/gif", GIF),
                ("image/webp", WEBP),
                ("image/jpeg", EXIF),
            ),
        ),
        keys=("photo", "image", "patient photo", "avatar"),
        fixed=True,
    ),
    Form(
        ("Photo: {}", "Face image {}", "Encoded picture {}", "Attachment: {}"),
        (base64(JPEG, PNG, EXIF, GIF), hexadecimal(JPEG, PNG, EXIF)),
        keys=("photo", "image data", "portrait"),
        fixed=True,
    ),
    Form(
        (
            "Photograph saved as {}",
            "See photo {}",
            "Face before surgery: {}",
            "Picture {} attached",
            "Wound and face shown in {}",
            "![photo]({})",
            '<img src="{}">',
            "Family photo ({}) at the bedside",
        ),
        (
            file_name(
                "IMG_####.jpg",
                "IMG_####.HEIC",
                "DSC0####.JPG",
                "{}_face_front.jpg",
                "patient_photo_###.png",
                "photos/{}/left_profile.jpeg",
                "headshot_{}.png",
                "selfie-20######.webp",
                "facial_rash_###.tiff",
                "id_card_{}.bmp",
            ),
        ),
        keys=("photo file", "image", "photo path"),
    ),
)
