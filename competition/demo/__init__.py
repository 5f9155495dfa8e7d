"""The demo competitions: one made up and simulated from a seed, one from published scores."""
