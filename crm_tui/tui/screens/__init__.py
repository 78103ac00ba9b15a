"""One module per screen; they do not import each other."""
