"""The recipe of the bundled model: its lessons, one a file, and the order they are taught in."""
