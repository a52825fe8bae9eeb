"""`clinft rescue`: from a hosted fine-tuned model that is about to stop to a project of its owners' own."""
