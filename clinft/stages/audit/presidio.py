"""What presidio-analyzer needs from us. Imported only where it is used: Presidio is heavy."""

from collections.abc import Callable, Iterable, Sequence

from presidio_analyzer import (
    AnalyzerEngine,
    ContextAwareEnhancer,
    EntityRecognizer,
    RecognizerRegistry,
    RecognizerResult,
)
from presidio_analyzer.nlp_engine import NlpArtifacts, NoOpNlpEngine

from clinft.stages.audit.finds import Find

RULE, CERTAINTY = "rule", "certainty"


def analyzer_of(recognizers: Sequence[EntityRecognizer], language: str) -> AnalyzerEngine:
    """These recognisers and nothing else: no spaCy pipeline, no language model, no network."""
    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=list(recognizers), supported_languages=[language]),
        nlp_engine=NoOpNlpEngine(models=[{"lang_code": language, "model_name": ""}]),
        supported_languages=[language],
        context_aware_enhancer=NoContextEnhancer(),
    )


class FamilyRecognizer(EntityRecognizer):
    """One family of rules, or the detector. The context that a rule needs is in its pattern."""

    def __init__(
        self, family: str, entity_types: Iterable[str], finds: Callable[[str], Iterable[Find]]
    ) -> None:
        self._finds = finds
        super().__init__(supported_entities=sorted(set(entity_types)), name=family)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        return [
            RecognizerResult(
                entity_type=find.entity_type,
                start=find.start,
                end=find.end,
                score=find.score,
                recognition_metadata={
                    RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
                    RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                    RULE: find.recognizer.removeprefix(f"{self.name}/"),
                    CERTAINTY: find.certainty,
                },
            )
            for find in self._finds(text)
        ]


class NoContextEnhancer(ContextAwareEnhancer):
    """Presidio's own copies every result and looks for lemmas, which need a language model."""

    def __init__(self) -> None:
        super().__init__(
            context_similarity_factor=0.0,
            min_score_with_context_similarity=0.0,
            context_prefix_count=0,
            context_suffix_count=0,
        )

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        return raw_results
