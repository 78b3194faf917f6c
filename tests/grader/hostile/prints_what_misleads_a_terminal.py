# ends: finished
# prints: \x1b[31mred\x00\u202egnp.exe <script>
import sys

import numpy as np

sys.stdout.buffer.write(b"\x1b[31mred\x00")
sys.stdout.write("\u202egnp.exe <script>\ud800")


def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
