"""The error of these estimators."""

from community.errors import UsageError


class InputError(UsageError, ValueError):
    """An option or input that means nothing; a ``ValueError`` too, as scikit-learn asks."""
