"""Statistical models of judges and entries, fitted to index arrays: one module a model."""
