"""A number that has to be typed as a sign that it is meant (R48)."""


def is_number(typed: str, count: int) -> bool:
    """Say whether it is the number, with or without its commas."""
    return typed.strip().replace(",", "") == str(count)
