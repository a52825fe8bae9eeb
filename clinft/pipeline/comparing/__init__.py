"""`clinft compare`: what differs between runs of a project, from what people wrote to single answers."""
