"""THE SCIENCE: one shape of question a file; the signature is the schema."""
