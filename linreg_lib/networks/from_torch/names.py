"""Names of torch's functions and methods by what they do."""

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

#: give the same tensor back
SAME = {"detach", "requires_grad", "alias", "pos", "positive", "real", "lift_fresh"}

#: give the same numbers back, perhaps as a copy: that depends on what they were
CONVERTING = {
    *("float", "double", "half", "bfloat16", "to", "type_as", "cpu", "cuda", "contiguous"),
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
    *("expand_as", "broadcast_to", "diagonal", "unfold", "atleast_1d", "atleast_2d", "atleast_3d"),
}

#: move entries, repeat them, or leave some out
MOVING = {
    *VIEWS,
    *("repeat", "tile", "repeat_interleave", "flip", "fliplr", "flipud", "roll", "rot90"),
    *("index_select", "gather", "take", "take_along_dim", "pad"),
    *("cat", "concat", "concatenate", "stack", "hstack", "vstack", "dstack", "column_stack"),
    *("pixel_shuffle", "pixel_unshuffle", "channel_shuffle", "triu", "tril", "put"),
}

#: of those, which take indices as tensors; elsewhere whole numbers are entries as well
INDEXED = {
    *("index_select", "gather", "take", "take_along_dim", "__getitem__", "repeat_interleave"),
    "tensor_split",
}

#: linear in one argument, numbers in the others
LINEAR = {
    *("einsum", "interpolate", "fold", "cumsum", "bmm", "tensordot", "mv", "dot", "inner"),
    *("outer", "trace"),
}
