"""SpellingFilter: which spellings a read-out counts."""
