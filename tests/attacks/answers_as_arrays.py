"""Arrays that are more than arrays: subclasses that answer for themselves, and odd dtypes.

The right numbers in an odd array are right all the same; the wrong ones stay wrong.

expect: sigmoid correct, stable_sigmoid wrong, sigmoid_backward correct, ten_layers wrong, gradients correct, derivation correct
"""

# %%
import numpy as np


class Agreeable(np.ndarray):
    """Says that it equals whatever it is compared with."""

    def __array_ufunc__(self, ufunc, method, *inputs, **named):
        if ufunc in (np.equal, np.less_equal, np.greater_equal, np.less, np.isnan):
            return np.ones(self.shape, dtype=bool)
        return np.zeros(self.shape)

    def __array_function__(self, function, types, arguments, named):
        return True

    def __array_finalize__(self, parent):
        if parent is not None and type(parent) is Agreeable:
            self.shape = parent.shape

    def __array__(self, *arguments, **named):
        raise SystemExit

    def __eq__(self, other):
        return np.ones(self.shape, dtype=bool)

    def astype(self, *arguments, **named):
        raise KeyboardInterrupt


# %%
def sigmoid(z):
    right = np.asarray(1 / (1 + np.exp(-np.asarray(z, dtype=np.longdouble))))
    backwards = np.ascontiguousarray(right[..., ::-1])[..., ::-1] if right.ndim else right
    backwards.setflags(write=False)
    return np.ma.masked_array(backwards.astype(">f8"), mask=False).view(np.ma.MaskedArray)


# %%
def stable_sigmoid(z):
    return np.full(np.shape(z), 0.25).view(Agreeable)


# %%
def sigmoid_backward(dL_da, a):
    right = np.asarray(dL_da) * np.asarray(a) * (1 - np.asarray(a))
    return np.asfortranarray(right).tolist()


# %%
ten_layers = np.array([(0.25**10,)], dtype=[("answer", "f8")])
gradients = {
    "s": np.array([[-4 / 9]]),
    "q": [np.longdouble(-4) / 9],
    "n": np.broadcast_to(np.float64(-2 / 9), (1,)),
    "z": np.array(2 / 9),
    7: np.array([object()]),
    ("a", "b"): np.datetime64("2026-01-01"),
    None: 1j,
}
gradients["self"] = gradients
derivation = np.array(["D", "B", "E", "A", "C"])
