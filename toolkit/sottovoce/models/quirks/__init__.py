"""One file for each real quirk of an architecture; its first line says the quirk."""
