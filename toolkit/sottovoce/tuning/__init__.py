"""How the bundled model and the sample voices were made."""
