"""Cyrillic and Greek names in Latin letters, as passports write them."""

LATIN = {
    letter: latin
    for line in (
        "а:a б:b в:v г:g ґ:g д:d е:e ё:e є:ye ж:zh з:z и:i і:i ї:yi й:y к:k л:l м:m н:n о:o п:p",
        "р:r с:s т:t у:u ў:w ф:f х:kh ц:ts ч:ch ш:sh щ:shch ъ: ы:y ь: э:e ю:yu я:ya",
        "ј:j љ:lj њ:nj ћ:c ђ:dj џ:dz ѓ:g",
        "ќ:k ѕ:dz",
        "α:a β:v γ:g δ:d ε:e ζ:z η:i θ:th ι:i κ:k λ:l μ:m ν:n",
        "ξ:x ο:o π:p ρ:r σ:s ς:s τ:t υ:y φ:f χ:ch ψ:ps ω:o",
        "ά:a έ:e ή:i ί:i ό:o ύ:y ώ:o ϊ:i ϋ:y ΐ:i ΰ:y",
    )
    for letter, latin in (item.split(":") for item in line.split(" "))
}


def romanized(name: str) -> str:
    """The name itself where it has no such letter."""
    letters = []
    for character in name:
        latin = LATIN.get(character.lower(), character)
        letters.append(latin.capitalize() if character.isupper() and character.lower() in LATIN else latin)
    return "".join(letters)
