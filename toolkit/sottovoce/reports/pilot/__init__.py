"""The pilot's report: from a run and votes to a page on which a decision can rest."""
