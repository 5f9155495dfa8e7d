"""What the tests stand on: databases, a client, a browser's witness."""
