"""Presidio's own recognisers, where policy names them: those that need no language model and no network."""

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from clinft.errors import SpecError
from clinft.stages.audit.light import absent
from clinft.stages.audit.origin import Match, Origin
from clinft.stages.audit.severity import weights

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer

LANGUAGE = "en"
# Presidio's entity type → ours, which says the letter, the severity and what to do. Any other counts
# as a number given to one person.
ENTITY_TYPES = {
    "ABA_ROUTING_NUMBER": "ACCOUNT_NUMBER",
    "CREDIT_CARD": "ACCOUNT_NUMBER",
    "CRYPTO": "ACCOUNT_NUMBER",
    "IBAN_CODE": "ACCOUNT_NUMBER",
    "US_BANK_NUMBER": "ACCOUNT_NUMBER",
    "DATE_TIME": "DATE",
    "MAC_ADDRESS": "DEVICE_IDENTIFIER",
    "AU_MEDICARE": "HEALTH_PLAN_NUMBER",
    "DE_HEALTH_INSURANCE": "HEALTH_PLAN_NUMBER",
    "US_HEALTH_INSURANCE_MEMBER_ID": "HEALTH_PLAN_NUMBER",
    "US_MBI": "HEALTH_PLAN_NUMBER",
    "IP_ADDRESS": "IP_ADDRESS",
    "UK_DRIVING_LICENCE": "LICENSE_NUMBER",
    "UK_PASSPORT": "LICENSE_NUMBER",
    "US_DRIVER_LICENSE": "LICENSE_NUMBER",
    "US_PASSPORT": "LICENSE_NUMBER",
    "UK_NHS": "MEDICAL_RECORD_NUMBER",
    "PHONE_NUMBER": "PHONE_NUMBER",
    "MEDICAL_LICENSE": "PROVIDER_LICENSE",
    "US_NPI": "PROVIDER_LICENSE",
    "URL": "URL",
    "US_SSN": "US_SSN",
    "CA_POSTAL_CODE": "ZIP_CODE",
    "DE_PLZ": "ZIP_CODE",
    "UK_POSTCODE": "ZIP_CODE",
}
ANY_OTHER = "UNIQUE_IDENTIFIER"
# No patterns, and still nothing but tables that lie beside them.
WITH_TABLES = ("PhoneRecognizer", "ZaMobileNumberRecognizer", "ZaTelephoneNumberRecognizer")
# Its list of public suffixes comes from the network.
WITH_NETWORK = ("EmailRecognizer",)


class Stock:
    """Presidio's recognisers of these class names. Raises SpecError for one that cannot run here.

    Without a language model there are no words around a find that could raise its score, so a find
    counts whatever its score is.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self._recognizers = [_recognizer(name) for name in names]

    def search(self, text: str) -> list[Match]:
        results = self._analyzer.analyze(text, LANGUAGE, nlp_artifacts=self._no_artifacts)
        return [
            Match(
                result.start,
                result.end,
                _origin(result.recognition_metadata["recognizer_name"], result.entity_type, result.score),
                "plausible",
            )
            for result in results
        ]

    def recognizers(self, letter: str) -> tuple[str, ...]:
        return tuple(
            f"presidio/{recognizer.name}"
            for recognizer in self._recognizers
            if any(weights()[_ours(kind)].letter == letter for kind in recognizer.supported_entities)
        )

    @cached_property
    def _analyzer(self) -> "AnalyzerEngine":
        with absent():
            from clinft.stages.audit.presidio import analyzer_of
        return analyzer_of(self._recognizers, LANGUAGE)

    @cached_property
    def _no_artifacts(self) -> object:
        return self._analyzer.nlp_engine.process_text("", LANGUAGE)


def _recognizer(name: str) -> "EntityRecognizer":
    with absent():
        from presidio_analyzer import PatternRecognizer, predefined_recognizers
    found = getattr(predefined_recognizers, name, None)
    if found is None:
        raise SpecError(
            f"audit.presidio: presidio-analyzer has no recogniser {name}.",
            "Usually the name is misspelled, or belongs to another version of presidio-analyzer.",
            "Correct it in .github/clinft.yml: a class name of presidio_analyzer.predefined_recognizers.",
        )
    if name in WITH_NETWORK:
        raise _refused(name, "It loads a list from the network, and the audit must not depend on that.")
    if not issubclass(found, PatternRecognizer) and name not in WITH_TABLES:
        raise _refused(name, "It needs a language model, or a service that the text would be sent to.")
    return found(supported_language=LANGUAGE)


def _refused(name: str, reason: str) -> SpecError:
    return SpecError(
        f"audit.presidio: {name} cannot run in this audit.",
        reason,
        "Take it out of .github/clinft.yml; recognisers that only use patterns can stay.",
    )


def _ours(entity_type: str) -> str:
    return ENTITY_TYPES.get(entity_type, ANY_OTHER)


# One object for the same origin: the pieces of a find that two windows show are told by it.
@lru_cache(maxsize=1024)
def _origin(name: str, entity_type: str, score: float) -> Origin:
    ours = _ours(entity_type)
    return Origin(f"presidio/{name}", ours, score, weights()[ours])
