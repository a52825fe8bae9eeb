"""Where prices are asked: each source a module, each answer data to be checked."""
