"""The only engine-specific SQL and connection set-up."""
