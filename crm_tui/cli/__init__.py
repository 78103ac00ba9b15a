"""The command line: the same engine without the screen."""
