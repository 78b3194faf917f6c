# ends: forbidden
# needs: x86_64
import ctypes

ctypes.CDLL(None).syscall(ctypes.c_long(0x40000000 | 41), 1, 1, 0)
print("GOT THROUGH")
