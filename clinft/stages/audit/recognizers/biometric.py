"""(P) Biometric identifiers: templates, recordings and their references, as far as text can hold them."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.labelled import SIGN
from clinft.stages.audit.rule import Certainty, rule, value_of

TRAIT = (
    r"(?:finger|thumb|palm|hand|foot|voice|face|gait|retina|iris|vein|speaker|ear|keystroke)[ _-]?"
    r"(?:prints?|geometry|id)|finger|retinal?|iris|face|thumb|palm|speaker|"
    r"(?:face|facial|speaker|voice)[ _-](?:recognition|verification|biometrics?)|"
    r"gait|voice|palm vein|vein|ear|keystroke|biometrics?|minutiae|enrol?lment template|"
    r"template(?=[ _-](?:ref|no|id|hash|code)(?![a-z]))"
)
# What is made of a trait and kept.
MADE = (
    r"(?:template|match|hash|code|record|scan|data|embedding|vector|sample|signature|model|enrol?lment|profile|"
    r"pattern|reference|ref|token|feature|key|file|print|image|capture)s?"
)
STATED = (
    r"[^\w\n]{0,5}(?:(?:is|was|stored|kept|filed|held|as|on|file|for|the|this|patient|base64|hex|"
    r"sha-?\d{0,3}|md5)"
    r"[,:= ]{1,2}){0,4}[\"'(\[]{0,2}"
)
# With digits, whatever letters stand between them: `VP-KXQW-4417`, `iris-l-068669`, `FIR:90c132f2`.
CODE = r"(?P<value>(?=[a-z:/+=._-]{0,24}\d)[a-z0-9](?:[\w:/+=-]|\.(?=\w)){4,}=*)"
BASE64 = r"[A-Za-z0-9+/_-]"
START = r"(?<![A-Za-z0-9+/_-])"
FRACTION = r"-?\d{0,4}\.\d{1,18}(?:e[+-]?\d{1,3})?"
# The loci of the FBI's CODIS: two of them with their alleles begin a DNA profile.
LOCUS = (
    r"(?:D3S1358|vWA|FGA|D8S1179|D21S11|D18S51|D5S818|D13S317|D7S820|TH01|TPOX|CSF1PO|D16S539|D2S1338|"
    r"D19S433|D1S1656|D2S441|D10S1248|D12S391|D22S1045|Amelogenin|AMEL)[ :=(]{1,3}"
    r"(?:\d{1,2}(?:\.\d)?[,/ ;-]{1,2}\d{1,2}(?:\.\d)?|X[,/ -]{0,2}[XY])\)?"
)
AUDIO = r"(?:wav|mp3|m4a|flac|ogg|opus|amr|aac|aiff?|wma|3gp|mp4|m4v|mov|avi|mkv|webm)"
PLAIN = regex(r"[\d/.-]{1,10}|(?:19|20)\d\d|\d{1,4}[a-zA-Z]{1,6}")


def _is_code(match: re.Match[str]) -> Certainty | None:
    """Not an acuity, a date, a year, a measurement: `retina scan 20/40`, `voice 62db`."""
    value = value_of(match)
    digits = len(re.findall(r"\d", value[:100]))
    mixed = len(value) >= 10 and digits and re.search(r"[a-z]", value) and re.search(r"[A-Z]", value)
    return None if not (mixed or digits >= 3) or (PLAIN.fullmatch(value) and digits < 5) else "plausible"


RULES = (
    rule(
        "biometric-code",
        "BIOMETRIC_DATA",
        (
            rf"(?i)(?<![a-z])(?:{TRAIT})"
            rf"(?:(?:[ ,_-]{{0,2}}{MADE}){{1,3}}{SIGN}?(?![a-z0-9])|{SIGN}(?![a-z])|[ ]?(?=[:=]))"
            rf"{STATED}{CODE}"
        ),
        0.9,
        judge=_is_code,
        digit=True,
    ),
    # What is kept of a trait under its own name: `faceprint FMD-6faf4e`, `AFIS no. VX_5979`, `fp_template=…`.
    rule(
        "biometric-print",
        "BIOMETRIC_DATA",
        (
            r"(?i)(?<![a-z])(?:(?:finger|thumb|palm|hand|foot|voice|face|ear|iris|"
            r"typing rhythm|gait)[ _-]?prints?|"
            r"voice[ _]id|a[bf]is|(?:voice|face|palm|speaker|gait|vein)[ _]biometrics?|"
            r"biometrics?[:,]? (?:iris|face|voice|finger(?:print)?)|(?:face|facial|speaker|voice) "
            r"(?:recognition|verification)(?: (?:match|template|id))?|"
            r"(?:thumb|palm|hand|retina|iris|face) scans?|"
            r"iris[ _-]?codes?|fp[ _-]templates?|fingerprint[ _-]?templates?)"
            rf"{SIGN}?[\"' ]{{0,2}}[:=]?[\"' ]{{0,2}}(?:(?:is|was|filed|stored|as|ref\.?) ){{0,3}}{CODE}"
        ),
        0.85,
        judge=_is_code,
        digit=True,
    ),
    # An embedding in a field of that name, or many fractions in a row.
    rule(
        "embedding",
        "BIOMETRIC_DATA",
        (
            rf"(?i)(?<![a-z])(?:{TRAIT}|[xdi]-?)[ _-]?"
            r"(?:print|embedding|vector|template|encoding|features?|signature)s?[\"' ]{0,3}"
            rf"(?:is |was )?[:=]?[\"' ]{{0,2}}[\[(]?[ ]?(?P<value>{FRACTION}(?:[,;\s]{{1,3}}{FRACTION})*)"
        ),
        0.9,
        symbol=".",
        digit=True,
    ),
    rule(
        "vector",
        "BIOMETRIC_DATA",
        rf"(?<![\w.,])[\[(]?[ ]?{FRACTION}(?:,\s{{0,3}}{FRACTION}){{31,}}",
        0.7,
        symbol=".",
        digit=True,
    ),
    rule(
        "dna-profile",
        "BIOMETRIC_DATA",
        rf"\b{LOCUS}[,;|\s]{{1,4}}{LOCUS}(?:[,;|\s]{{1,4}}{LOCUS})*",
        0.9,
        digit=True,
    ),
    # ISO/IEC 19794: a minutiae, finger image, iris or face record begins FMR, FIR, IIR or FAC and a zero.
    rule(
        "biometric-record",
        "BIOMETRIC_DATA",
        rf"{START}(?:Rk1SA|RklSA|SUlSA|RkFDA|/6D/pA){BASE64}{{11,}}={{0,2}}",
        0.95,
    ),
    rule(
        "biometric-record-hex",
        "BIOMETRIC_DATA",
        r"(?i)(?<![0-9a-z])(?:464d52|464952|494952|464143)00(?:20|30)[0-9a-f]{12,}",
        0.95,
        digit=True,
    ),
    # WSQ, ANSI/NIST and the like hold prints; other files are told by their names.
    rule(
        "biometric-file",
        "BIOMETRIC_DATA",
        (
            r"(?i)(?<![\w.'’])(?:[\w./\\'’-]{1,120}\.(?:wsq|fmr|an2|eft|xyt)|"
            r"[\w./\\-]{0,40}(?:finger|thumb|index_|fp_|face|iris|voice|palm|retina|gait)[\w'’-]{0,60}"
            r"\.(?:dat|iso|bin|tpl|npy|npz|pkl|vec|emb|template))\b"
        ),
        0.85,
        symbol=".",
    ),
    rule(
        "audio-data",
        "BIOMETRIC_DATA",
        r"(?i)data:(?:audio|video)/[\w.+-]{1,40}[;,][^\s\"'<>)]+",
        0.95,
        words="audio video",
    ),
    rule(
        "audio-file",
        "BIOMETRIC_DATA",
        rf"(?i)(?<![\w.])[\w./\\~%-]{{1,120}}\.{AUDIO}\b",
        0.8,
        symbol=".",
    ),
    # First bytes as base64: RIFF...WAVE, ID3, fLaC, OggS, AMR, Matroska, `ftyp` of M4A and MP4, MP3 frames.
    rule(
        "audio-base64",
        "BIOMETRIC_DATA",
        (
            rf"{START}(?:UklGR{BASE64}{{6}}XQVZF|SUQz|ZkxhQw|T2dnUw|IyFBTV|GkXfo|"
            rf"AAAA{BASE64}{{2}}Z0eXB(?:NNE|tcDQ|pc29)){BASE64}{{12,}}={{0,2}}"
        ),
        0.9,
    ),
    rule(
        "audio-frames",
        "BIOMETRIC_DATA",
        rf"(?<![\w+/=:.-])//[N-Ro-v]{BASE64}{{60,}}={{0,2}}",
        0.8,
        symbol="//",
    ),
)
