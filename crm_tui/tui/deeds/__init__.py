"""What the desk does with customers, a module each: it asks in a dialog, and hands the desk what to do."""
