"""Importing customers from a file: source -> stage -> plan -> apply (R19-R39)."""
