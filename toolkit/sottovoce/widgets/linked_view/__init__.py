"""LinkedView: one answer with its sound, words, curves and shares."""
