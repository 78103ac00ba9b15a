"""Tables, queries and set-based SQL. Functions take a session or connection and never commit."""
