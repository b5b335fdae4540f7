"""Why a function of a name is refused, and the way out; the same words for every reader."""

from __future__ import annotations

_ORDER = (
    "at the end of a network leave it out: the order of the outputs, and so the largest, stays the "
    "same without it"
)
_INSIDE = "put a piecewise linear one in its place (ReLU, Hardtanh, Hardsigmoid, ...)"
_MONOTONE = {"softmax", "logsoftmax", "sigmoid", "tanh"}
_CURVED = {
    *("gelu", "silu", "swish", "elu", "celu", "selu", "mish", "softplus", "softsign", "hardswish"),
    *("glu", "logsigmoid", "tanhshrink", "exp", "log", "sqrt", "sin", "cos", "erf", "square"),
    *("pow", "reciprocal", "rsqrt", "logsumexp", "reducelogsumexp"),
}
_JUMPING = {
    *("gt", "lt", "ge", "le", "eq", "ne", "greater", "less", "equal", "greaterorequal"),
    *("lessorequal", "sign", "sgn", "heaviside", "argmax", "argmin", "argsort", "sort", "topk"),
    *("round", "floor", "ceil", "trunc", "frac", "hardshrink", "isnan", "isfinite", "nonzero"),
    *("bernoulli", "floordivide", "remainder", "fmod", "mod", "int", "long", "short", "median"),
    *("bucketize", "onehot"),
}
_READS = {"bool", "float", "index", "item", "tolist", "numpy", "array"}
_NORMS = {
    *("layernorm", "groupnorm", "instancenorm", "normalize", "norm", "var", "std", "rmsnorm"),
    *("layernormalization", "groupnormalization", "instancenormalization", "lpnormalization"),
    *("localresponsenorm", "lrn", "meanvariancenormalization"),
}
_DRAWS = {
    *("randlike", "randnlike", "gumbelsoftmax", "randintlike", "normal", "uniform"),
    *("randomnormal", "randomuniform", "randomnormallike", "randomuniformlike"),
}


def why_not(name: str) -> str:
    """Why a function of this name is refused, and the way out.

    >>> why_not("instance_norm")
    'it divides by a value that depends on the input, so it is not piecewise linear'
    """
    if name.endswith("_with_indices"):
        return "return_indices=True asks which entry is largest, which jumps"
    bare = name.replace("_", "").lower()
    if bare in _MONOTONE:
        return f"it is not piecewise linear; {_ORDER}, and inside {_INSIDE}"
    if bare in _CURVED:
        return f"it is not piecewise linear; {_INSIDE}"
    if bare in _READS and (name.startswith("__") or bare not in ("bool", "float")):
        return (
            "the forward decides by values of the input (if, while, float(...)); write both "
            "branches as arithmetic (relu, torch.maximum), or import the parts one by one"
        )
    if bare in _JUMPING or bare == "bool":
        return "its result jumps or is an index; relu, clamp, maximum and abs are continuous"
    if bare in _NORMS:
        return "it divides by a value that depends on the input, so it is not piecewise linear"
    if bare in _DRAWS:
        return "it is random"
    return "it is not piecewise linear, or not known here"
