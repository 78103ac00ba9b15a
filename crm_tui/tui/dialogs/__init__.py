"""Dialogs that several screens open: values in, a frozen result out; the caller acts."""
