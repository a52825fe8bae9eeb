"""(P) Biometric identifiers: templates, recordings and their references, as far as text can hold them."""

import re

from clinft.stages.audit.rule import Rule

RULES = (
    Rule(
        "biometric-template",
        "BIOMETRIC_DATA",
        re.compile(
            r"(?i)\b(?:finger[ _-]?print|thumb[ _-]?print|palm[ _-]?print|voice[ _-]?print|retina(?:l)?[ _-]scan|"
            r"iris[ _-](?:scan|code|template)|face[ _-]?(?:template|embedding|id)|gait[ _-]signature|dna[ _-]profile|biometric)"
            r"(?:[ _-](?:template|hash|id|number|record|scan|data|minutiae|embedding|sample))*[\"' ]{0,2}[:=#][\"' ]{0,3}"
            r"(?P<value>(?=[a-z+/=_-]*\d)[\w+/=-]{6,4000})"
        ),
        0.9,
        words=frozenset(
            "finger fingerprint thumb thumbprint palm palmprint voice voiceprint retina retinal iris face faceprint gait "
            "dna biometric".split()
        ),
    ),
    Rule("audio-data", "BIOMETRIC_DATA", re.compile(r"(?i)data:(?:audio|video)/[\w.+-]{1,40}[;,][^\s\"'<>)]{1,100000}"),
         0.95, words=frozenset(("audio", "video"))),
    Rule(
        "audio-file",
        "BIOMETRIC_DATA",
        re.compile(r"(?i)(?<![\w.])[\w./\\-]{1,120}\.(?:wav|mp3|m4a|flac|ogg|opus|amr|aac|mp4|mov|avi|webm)\b"),
        0.8,
        words=frozenset("wav mp m flac ogg opus amr aac mov avi webm".split()),
        symbol=".",
    ),
    # RIFF....WAVE, ID3 and fLaC as base64 begin with these characters.
    Rule("audio-base64", "BIOMETRIC_DATA", re.compile(r"(?<![\w+/=])(?:UklGR[\w+/]{6}V0FWR|SUQz|ZkxhQ)[\w+/]{16,100000}={0,2}"),
         0.9),
)  # fmt: skip
