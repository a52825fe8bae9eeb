"""(P) Biometric identifiers: templates, recordings and their references, as far as text can hold them."""

from clinft.stages.audit.rule import rule

RULES = (
    rule(
        "biometric-template",
        "BIOMETRIC_DATA",
        (
            r"(?i)\b(?:finger[ _-]?print|thumb[ _-]?print|palm[ _-]?print|voice[ _-]?print|"
            r"retina(?:l)?[ _-]scan|iris[ _-](?:scan|code|template)|face[ _-]?(?:template|embedding|id)|"
            r"gait[ _-]signature|dna[ _-]profile|biometric)"
            r"(?:[ _-](?:template|hash|id|number|record|scan|data|minutiae|embedding|sample))*"
            r"[\"' ]{0,2}[:=#][\"' ]{0,3}"
            r"(?P<value>(?=[a-z+/=_-]*\d)[\w+/=-]{6,4000})"
        ),
        0.9,
        words=(
            "finger fingerprint thumb thumbprint palm palmprint voice voiceprint retina retinal iris "
            "face faceprint gait dna biometric"
        ),
    ),
    rule(
        "audio-data",
        "BIOMETRIC_DATA",
        r"(?i)data:(?:audio|video)/[\w.+-]{1,40}[;,][^\s\"'<>)]{1,100000}",
        0.95,
        words="audio video",
    ),
    rule(
        "audio-file",
        "BIOMETRIC_DATA",
        r"(?i)(?<![\w.])[\w./\\-]{1,120}\.(?:wav|mp3|m4a|flac|ogg|opus|amr|aac|mp4|mov|avi|webm)\b",
        0.8,
        words="wav mp m flac ogg opus amr aac mov avi webm",
        symbol=".",
    ),
    # RIFF....WAVE, ID3 and fLaC as base64 begin with these characters.
    rule(
        "audio-base64",
        "BIOMETRIC_DATA",
        r"(?<![\w+/=])(?:UklGR[\w+/]{6}V0FWR|SUQz|ZkxhQ)[\w+/]{16,100000}={0,2}",
        0.9,
    ),
)
