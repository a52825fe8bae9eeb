"""Mean ROUGE-L F of the answers: longest common subsequence with the gold text, stemmed (Lin 2004)."""

from clinft.metrics.counted import TEXTS, mean_metric

METRIC = mean_metric("rouge_l", what="ROUGE values", kinds=TEXTS | {"question_answering"})
