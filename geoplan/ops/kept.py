"""What was worked out on shapes is kept while a run lasts: the same zones are cut for every question of a study.

Nothing is kept unless somebody asks for it, and everything is forgotten when they are done.
"""

import functools
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import blake2b
from typing import Any, TypeAlias, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

Geometries: TypeAlias = NDArray[np.object_]
Answer = TypeVar("Answer", bound="NDArray[Any] | tuple[NDArray[Any], ...]")

__all__ = ["keeping", "kept"]

MOST = 4_000_000
"""Vertices that are kept, about 100 MB; what was asked for longest ago is forgotten first."""


class _Shelf:
    """Answers by what was asked."""

    def __init__(self) -> None:
        self.answers: OrderedDict[bytes, Any] = OrderedDict()
        self.vertices = 0

    def put(self, key: bytes, answer: Any) -> None:
        self.answers[key] = answer
        self.vertices += _size(answer)
        while self.vertices > MOST and len(self.answers) > 1:
            _, oldest = self.answers.popitem(last=False)
            self.vertices -= _size(oldest)


# a thread begins without one, so what is kept is only ever touched by the thread that asked
_SHELF: ContextVar[_Shelf | None] = ContextVar("shelf", default=None)


@contextmanager
def keeping() -> Iterator[None]:
    """While the block lasts, what `kept` functions found out about shapes is not found out again.

    >>> with keeping():
    ...     _SHELF.get() is not None
    True
    >>> _SHELF.get() is None
    True
    """
    before = _SHELF.set(_Shelf())
    try:
        yield
    finally:
        _SHELF.reset(before)


def kept(work: Callable[..., Answer]) -> Callable[..., Answer]:
    """A function of shapes whose answers are kept: the same coordinates in the same order give the same answer.

    It takes arrays of shapes and gives an array, or a named tuple of arrays. The arrays that are handed out are copies,
    the shapes in them are shared: nobody may prepare or change them.

    >>> asked = []
    >>> @kept
    ... def same(shapes):
    ...     asked.append(len(shapes))
    ...     return shapes
    >>> one = np.array([shapely.Point(1, 2), None], dtype=object)
    >>> with keeping():
    ...     same(one) is same(one.copy()), asked
    (False, [2])
    >>> len(same(one[:0])), asked
    (0, [2, 0])
    """

    @functools.wraps(work)
    def asked(*shapes: Geometries) -> Answer:
        shelf = _SHELF.get()
        if shelf is None:
            return work(*shapes)
        key = _key(work, shapes)
        if key not in shelf.answers:
            shelf.put(key, work(*shapes))
        shelf.answers.move_to_end(key)
        answer: Answer = _copied(shelf.answers[key])
        return answer

    return asked


def _key(work: Callable[..., Any], shapes: tuple[Geometries, ...]) -> bytes:
    """What is asked, and of which shapes: nothing is rounded, for an answer must be the very same."""
    digest = blake2b(f"{work.__module__}.{work.__qualname__}".encode(), digest_size=20)
    for array in shapes:
        digest.update(f"\n{len(array)}".encode())
        for text in shapely.to_wkb(np.asarray(array, dtype=object)).tolist():
            digest.update(b"-" if text is None else text)
    return digest.digest()


def _copied(answer: Any) -> Any:
    return type(answer)(*(part.copy() for part in answer)) if isinstance(answer, tuple) else answer.copy()


def _size(answer: Any) -> int:
    parts = answer if isinstance(answer, tuple) else (answer,)
    return sum(int(shapely.get_num_coordinates(part).sum()) for part in parts if part.dtype == object)
