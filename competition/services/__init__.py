"""Verbs that change state: each authorizes, checks, changes and audits in one transaction."""
