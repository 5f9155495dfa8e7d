"""The forms: shape only, the rules are the services'."""
