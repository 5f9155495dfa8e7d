"""Small programs that the Makefile runs; nothing here is part of the application."""
