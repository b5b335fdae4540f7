"""Laws of one real random variable: how biases (or weights) are drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.networks.arguments import checked_count, checked_counts, checked_rng
from linreg_lib.networks.exact_floats import exact_floats, exact_number


class Support(NamedTuple):
    """The smallest closed interval ``[low, high]`` of probability one; ends may be infinite."""

    low: float
    high: float


@runtime_checkable
class Law(Protocol):
    """What a law offers: samples, its density, mean, variance and support."""

    @property
    def mean(self) -> float: ...

    @property
    def variance(self) -> float: ...

    @property
    def support(self) -> Support: ...

    def density(self, b: ArrayLike) -> NDArray[np.float64]: ...

    def sample(
        self, shape: int | tuple[int, ...], *, rng: np.random.Generator
    ) -> NDArray[np.float64]: ...


def _take_finite(law: object, name: str) -> None:
    """Keep the law's number ``name`` as a float."""
    object.__setattr__(law, name, exact_number(name, getattr(law, name)))


def _take_positive(law: object, name: str) -> None:
    _take_finite(law, name)
    if not getattr(law, name) > 0:
        raise ValueError(f"{name} is {getattr(law, name)}; it must be positive and finite")


def _values(b: ArrayLike) -> NDArray[np.float64]:
    return exact_floats("b", b, finite=False)


def _size(shape: int | tuple[int, ...], rng: np.random.Generator) -> int | tuple[int, ...]:
    """``shape``, once it and ``rng`` are checked."""
    checked_rng("rng", rng)
    if isinstance(shape, (tuple, list)):
        return tuple(checked_counts("shape", shape, least=0, num_least=0))
    return checked_count("shape", shape, least=0)


@dataclass(frozen=True)
class Normal:
    """The normal law of standard deviation ``sd > 0``; for ``sd = 0`` use ``Constant(mean)``.

    >>> float(Normal(2.0).density(0.0)) * 2 * (2 * math.pi) ** 0.5
    1.0
    """

    sd: float
    mean: float = 0.0

    def __post_init__(self) -> None:
        _take_positive(self, "sd")
        _take_finite(self, "mean")

    @property
    def variance(self) -> float:
        """Variance, ``sd**2``."""
        return self.sd**2

    @property
    def support(self) -> Support:
        """All reals."""
        return Support(-math.inf, math.inf)

    def density(self, b: ArrayLike) -> NDArray[np.float64]:
        """Density at ``b``, elementwise."""
        z = (_values(b) - self.mean) / self.sd
        return np.asarray(np.exp(-0.5 * z * z) / (self.sd * math.sqrt(2 * math.pi)))

    def sample(
        self, shape: int | tuple[int, ...], *, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Independent draws, an array of shape ``shape``."""
        size = _size(shape, rng)
        return rng.normal(self.mean, self.sd, size=size)


@dataclass(frozen=True)
class Uniform:
    """The uniform law on ``[low, high]``, ``low < high``; its density counts at both ends.

    >>> law = Uniform(-1.0, 3.0)
    >>> law.mean, law.density([-2.0, 0.0, 3.0]).tolist()
    (1.0, [0.0, 0.25, 0.25])
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        _take_finite(self, "low")
        _take_finite(self, "high")
        if not self.low < self.high:
            raise ValueError(f"low = {self.low} must be below high = {self.high}")
        if not math.isfinite(self.high - self.low):
            raise ValueError(f"high - low is {self.high - self.low}; it must be finite")

    @property
    def mean(self) -> float:
        """Mean, the midpoint."""
        return 0.5 * self.low + 0.5 * self.high

    @property
    def variance(self) -> float:
        """Variance, ``(high - low)**2 / 12``."""
        return (self.high - self.low) ** 2 / 12

    @property
    def support(self) -> Support:
        """``[low, high]``."""
        return Support(self.low, self.high)

    def density(self, b: ArrayLike) -> NDArray[np.float64]:
        """Density at ``b``, elementwise."""
        values = _values(b)
        inside = (values >= self.low) & (values <= self.high)
        return np.where(inside, 1.0 / (self.high - self.low), 0.0)

    def sample(
        self, shape: int | tuple[int, ...], *, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Independent draws, an array of shape ``shape``."""
        size = _size(shape, rng)
        return rng.uniform(self.low, self.high, size=size)


@dataclass(frozen=True)
class Laplace:
    """The centred Laplace law with density ``exp(-|b| / scale) / (2 scale)``.

    >>> Laplace(2.0).variance, float(Laplace(2.0).density(0.0))
    (8.0, 0.25)
    """

    scale: float

    def __post_init__(self) -> None:
        _take_positive(self, "scale")

    @property
    def mean(self) -> float:
        """Mean, 0."""
        return 0.0

    @property
    def variance(self) -> float:
        """Variance, ``2 scale**2``."""
        return 2 * self.scale**2

    @property
    def support(self) -> Support:
        """All reals."""
        return Support(-math.inf, math.inf)

    def density(self, b: ArrayLike) -> NDArray[np.float64]:
        """Density at ``b``, elementwise."""
        return np.asarray(np.exp(-np.abs(_values(b)) / self.scale) / (2 * self.scale))

    def sample(
        self, shape: int | tuple[int, ...], *, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Independent draws, an array of shape ``shape``."""
        size = _size(shape, rng)
        return rng.laplace(0.0, self.scale, size=size)


@dataclass(frozen=True)
class Exponential:
    """``sign`` times an exponential variable of mean ``scale``; asymmetric.

    The density at 0 is its one-sided limit, ``1 / scale``.

    >>> law = Exponential(2.0, sign=-1)
    >>> law.mean, law.density([-1e-300, 0.0, 1.0]).tolist()
    (-2.0, [0.5, 0.5, 0.0])
    """

    scale: float
    sign: int = 1

    def __post_init__(self) -> None:
        _take_positive(self, "scale")
        if checked_count("sign", self.sign, least=-1) not in (1, -1):
            raise ValueError(f"sign is {self.sign}; it must be 1 or -1")

    @property
    def mean(self) -> float:
        """Mean, ``sign * scale``."""
        return self.sign * self.scale

    @property
    def variance(self) -> float:
        """Variance, ``scale**2``."""
        return self.scale**2

    @property
    def support(self) -> Support:
        """The closed half line on the side of ``sign``."""
        return Support(0.0, math.inf) if self.sign > 0 else Support(-math.inf, 0.0)

    def density(self, b: ArrayLike) -> NDArray[np.float64]:
        """Density at ``b``, elementwise."""
        distance = self.sign * _values(b)
        decay = np.exp(-np.maximum(distance, 0.0) / self.scale) / self.scale
        return np.where(distance >= 0.0, decay, 0.0)

    def sample(
        self, shape: int | tuple[int, ...], *, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Independent draws, an array of shape ``shape``."""
        size = _size(shape, rng)
        return self.sign * rng.exponential(self.scale, size=size)


@dataclass(frozen=True)
class Constant:
    """Always ``value``. It has no density, and ``density`` raises ValueError.

    >>> Constant(0.5).sample(2, rng=np.random.default_rng(0)).tolist()
    [0.5, 0.5]
    """

    value: float

    def __post_init__(self) -> None:
        _take_finite(self, "value")

    @property
    def mean(self) -> float:
        """Mean, ``value``."""
        return self.value

    @property
    def variance(self) -> float:
        """Variance, 0."""
        return 0.0

    @property
    def support(self) -> Support:
        """The single point ``value``."""
        return Support(self.value, self.value)

    def density(self, b: ArrayLike) -> NDArray[np.float64]:
        """Raises ValueError: a constant has no density."""
        raise ValueError(
            f"{self!r} has no density; formulas that need the density of the biases do not apply"
        )

    def sample(
        self, shape: int | tuple[int, ...], *, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """The constant, in an array of shape ``shape``; ``rng`` is not used."""
        return np.full(_size(shape, rng), self.value, dtype=np.float64)


Zero = Constant(0.0)
