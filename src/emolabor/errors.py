"""The one exception for mistakes that a user can mend."""


class EmolaborError(ValueError):
    """A user's mistake: the message names the place, what was found and what is allowed.

    Examples
    --------
    >>> raise EmolaborError("n_obs: found 0, allowed: a whole number above 1")
    Traceback (most recent call last):
    ...
    emolabor.errors.EmolaborError: n_obs: found 0, allowed: a whole number above 1
    """
