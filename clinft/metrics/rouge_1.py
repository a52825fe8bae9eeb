"""Mean ROUGE-1 F of the answers: words shared with the gold text, stemmed (Lin 2004)."""

from clinft.metrics.counted import TEXTS, mean_metric

METRIC = mean_metric("rouge_1", what="ROUGE values", kinds=TEXTS | {"question_answering"})
