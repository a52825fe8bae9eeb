"""`clinft export`: the weights of a run that may be deployed, as a folder that others load and check.

The folder holds

    manifest.json     what it is, what it was made of, each file's sha256 (clinft/artifacts/handover.py)
    README.md         for people: what it is, how it is loaded, how it is asked
    MODEL_CARD.md     the run's own, where its spec asks for one
    messages.json     what stands before each question: the system prompt it was trained with
    SHA256SUMS        every other file
    weights           one form: an adapter, a merged model, or one GGUF file
"""
