"""check_model: whether a model's numbers mean what a run takes them for; one check a file."""
