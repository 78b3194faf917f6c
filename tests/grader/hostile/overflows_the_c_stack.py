# ends: crashed
import ctypes

COMPARE = ctypes.PYFUNCTYPE(ctypes.c_int)
libc = ctypes.PyDLL(None)
# A frame far below the stack's end.
ctypes.memset(id(libc) - (1 << 40), 1, 8)
