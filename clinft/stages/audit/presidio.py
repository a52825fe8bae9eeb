"""The two classes presidio-analyzer needs from us. Only `engine` imports this: Presidio is heavy."""

from presidio_analyzer import ContextAwareEnhancer, EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from clinft.stages.audit.rule import Rule

RULE, CERTAINTY = "rule", "certainty"


class RuleRecognizer(EntityRecognizer):
    """One family of rules. The context that a rule needs is part of its pattern."""

    def __init__(self, family: str, rules: tuple[Rule, ...]) -> None:
        self._rules = rules
        super().__init__(supported_entities=sorted({rule.entity_type for rule in rules}), name=family)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        return [
            RecognizerResult(
                entity_type=rule.entity_type,
                start=start,
                end=end,
                score=rule.score,
                recognition_metadata={
                    RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
                    RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                    RULE: rule.name,
                    CERTAINTY: certainty,
                },
            )
            for rule in self._rules
            for start, end, certainty in rule.find(text)
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
