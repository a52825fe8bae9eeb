"""Judge: a language model looks at the claims of answers; its quotes are checked, its votes are counted."""
