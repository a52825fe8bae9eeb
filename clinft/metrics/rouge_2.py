"""Mean ROUGE-2 F of the answers: pairs of words shared with the gold text, stemmed (Lin 2004)."""

from clinft.metrics.counted import TEXTS, mean_metric

METRIC = mean_metric("rouge_2", what="ROUGE values", kinds=TEXTS | {"question_answering"})
