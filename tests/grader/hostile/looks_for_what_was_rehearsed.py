# ends: finished
# prints: as in a fresh process
import gc
import sys
import warnings

import numpy as np

traces = []
if any("rehears" in name for name in sys.modules):
    traces.append("a module")
if np.geterr() != {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}:
    traces.append("how NumPy treats errors")
if any(getattr(module, "__warningregistry__", None) for module in list(sys.modules.values())):
    traces.append("a warning that was shown already")
if sys.exc_info() != (None, None, None) or hasattr(sys, "last_value"):
    traces.append("an exception")
# Unfrozen is only what the harness has made since the fork.
if any(type(each) is np.ndarray and each.size > 20 for each in gc.get_objects()):
    traces.append("an array")
print("GOT THROUGH: " + ", ".join(traces) if traces else "as in a fresh process")


def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
