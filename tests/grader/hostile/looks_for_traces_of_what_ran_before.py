# ends: finished
# prints: as in a fresh process
import gc
import sys
import types

import numpy as np

traces = []
if "ahead" in sys.modules:
    traces.append("a module")
if np.geterr() != {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}:
    traces.append("how NumPy treats errors")
if any(getattr(module, "__warningregistry__", None) for module in list(sys.modules.values())):
    traces.append("a warning that was shown already")
if sys.exc_info() != (None, None, None) or hasattr(sys, "last_value"):
    traces.append("an exception")
functions = [each for each in gc.get_objects() if type(each) is types.FunctionType]
if any(each.__code__.co_filename == "ahead.py" for each in functions):
    traces.append("a function")
print("GOT THROUGH: " + ", ".join(traces) if traces else "as in a fresh process")


def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
