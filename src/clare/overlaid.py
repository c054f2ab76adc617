"""A mapping with some keys written anew, the rest as it was."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

T = TypeVar("T")


class Overlaid(Mapping[str, T]):
    """What lies over a mapping comes first; nothing is copied. Keys come sorted."""

    def __init__(self, over: Mapping[str, T], under: Mapping[str, T]) -> None:
        self._over = over
        self._under = under

    def __getitem__(self, key: str) -> T:
        return self._over[key] if key in self._over else self._under[key]

    def __contains__(self, key: object) -> bool:
        return key in self._over or key in self._under

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._over, *self._under}))

    def __len__(self) -> int:
        return len({*self._over, *self._under})
