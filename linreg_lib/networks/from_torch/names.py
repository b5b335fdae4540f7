"""Names of torch's functions and methods by what they do, and why others are refused."""

from __future__ import annotations

#: ask about shape and kind alone
KEEPING = {
    *("get shape", "get dtype", "get device", "get ndim", "get layout", "get requires_grad"),
    *("get is_cuda", "get is_sparse", "get is_quantized", "get is_meta", "get is_mps"),
    *("get is_leaf", "get grad", "get grad_fn", "get is_nested", "get itemsize", "get names"),
    *("get is_cpu", "get is_xpu", "get is_mkldnn", "get _backward_hooks", "get nbytes"),
    *("size", "dim", "numel", "nelement", "ndimension", "stride", "is_contiguous", "__len__"),
    *("is_floating_point", "is_complex", "get_device", "element_size", "__hash__", "is_tensor"),
    *("is_nonzero_shape", "is_inference", "is_signed", "is_conj", "is_neg", "has_names"),
    "storage_offset",
}

#: give the same numbers back
SAME = {
    *("float", "double", "half", "bfloat16", "to", "type_as", "cpu", "cuda", "contiguous"),
    *("clone", "detach", "requires_grad", "alias", "pos", "positive", "real", "type", "lift_fresh"),
}

#: make tensors of numbers of the same shape or kind
LIKE = {
    *("zeros_like", "ones_like", "full_like", "new_zeros", "new_ones", "new_full", "new_tensor"),
    "result_type",
}

#: give other tensors on the same numbers
VIEWS = {
    *("view", "reshape", "view_as", "reshape_as", "flatten", "ravel", "unflatten", "permute"),
    *("transpose", "swapaxes", "swapdims", "movedim", "moveaxis", "t", "get T", "get mT"),
    *("get H", "get mH", "adjoint", "squeeze", "unsqueeze", "narrow", "select", "chunk", "split"),
    *("tensor_split", "split_with_sizes", "hsplit", "vsplit", "unbind", "__getitem__", "expand"),
    *("expand_as", "broadcast_to", "diagonal", "unfold"),
}

#: move entries, repeat them, or leave some out
MOVING = {
    *VIEWS,
    *("repeat", "tile", "repeat_interleave", "flip", "fliplr", "flipud", "roll", "rot90"),
    *("index_select", "gather", "take", "take_along_dim", "broadcast_tensors", "where", "pad"),
    *("cat", "concat", "concatenate", "stack", "hstack", "vstack", "dstack", "column_stack"),
    *("pixel_shuffle", "pixel_unshuffle", "channel_shuffle", "triu", "tril", "put"),
    *("atleast_1d", "atleast_2d", "atleast_3d"),
}

#: linear in one argument, numbers in the others
LINEAR = {
    *("conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "einsum", "interpolate"),
    *("fold", "cumsum", "bmm", "tensordot", "mv", "dot", "inner", "outer", "trace"),
}

_ORDER = (
    "at the end of a network leave it out: the order of the outputs, and so the largest, stays the "
    "same without it"
)
_INSIDE = "put a piecewise linear one in its place (ReLU, Hardtanh, Hardsigmoid, ...)"
_CURVED = {
    *("gelu", "silu", "elu", "celu", "selu", "mish", "softplus", "softsign", "hardswish", "glu"),
    *("logsigmoid", "tanhshrink", "exp", "log", "sqrt", "sin", "cos", "erf", "square", "pow"),
}
_BY_VALUE = {
    *("gt", "lt", "ge", "le", "eq", "ne", "greater", "less", "sign", "sgn", "heaviside", "argmax"),
    *("argmin", "argsort", "sort", "topk", "round", "floor", "ceil", "trunc", "frac", "hardshrink"),
    *("isnan", "isfinite", "nonzero", "bernoulli", "floor_divide", "remainder", "fmod", "int"),
    *("long", "short", "bool", "allclose", "equal", "median", "sign_", "one_hot", "bucketize"),
}
_READS = {"__bool__", "__float__", "__int__", "__index__", "item", "tolist", "numpy", "__array__"}
_NORMS = {
    "layer_norm",
    "group_norm",
    "instance_norm",
    "normalize",
    "norm",
    "var",
    "std",
    "rms_norm",
}
_DRAWS = {"rand_like", "randn_like", "gumbel_softmax", "randint_like", "normal", "uniform"}


def why_not(name: str) -> str:
    """Why a function of this name is refused, and the way out."""
    if name in {"softmax", "log_softmax", "sigmoid", "tanh"}:
        return f"it is not piecewise linear; {_ORDER}, and inside {_INSIDE}"
    if name in _CURVED or name.strip("_") in _CURVED:
        return f"it is not piecewise linear; {_INSIDE}"
    if name in _READS:
        return (
            "the forward decides by values of the input (if, while, float(...)); write both "
            "branches as arithmetic (relu, torch.maximum), or import the parts one by one"
        )
    if name in _BY_VALUE:
        return "its result jumps or is an index; relu, clamp, torch.maximum and abs are continuous"
    if name in _NORMS:
        return "it divides by a value that depends on the input, so it is not piecewise linear"
    if name.endswith("_with_indices"):
        return "return_indices=True asks which entry is largest, which jumps"
    if name in _DRAWS:
        return "it is random"
    return "it is not piecewise linear, or not known here"
