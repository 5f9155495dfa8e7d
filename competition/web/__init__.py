"""The pages: forms in, services called, templates out. One module a feature."""
