"""How the bundled model was made: synthetic voices, targets and training."""
