"""What the application uses of the world outside: files, tables, passwords, tokens."""
