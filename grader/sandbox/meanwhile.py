"""What the trusted side does while a child works."""

from collections.abc import Iterator, Sequence

from grader.sandbox.outcome import Result


class Meanwhile:
    """Nothing, here. Subclasses do it in small steps, and yield after each.

    The child is watched between two steps, so that one may take some milliseconds at most. What is
    not done when the child has ended is left undone.
    """

    def beside_calls(self) -> Iterator[None]:
        """Begun once the module is loaded and the calls are being made."""
        return iter(())

    def beside_timed(self, results: Sequence[Result]) -> Iterator[None]:
        """Begun when the first timed call starts, after what `beside_calls` has left.

        `results` are those of all calls, and whoever ends the run may still change them: each is
        replaced by another object then.
        """
        return iter(())
