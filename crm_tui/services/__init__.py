"""What a manager can do: transactions, permissions and the import engine; no terminal and no language."""
