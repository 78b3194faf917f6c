# ends: forbidden
# says: system call
import ctypes
import platform

NUMBER = {"x86_64": 321, "aarch64": 280}[platform.machine()]
ctypes.CDLL(None).syscall(ctypes.c_long(NUMBER), 0, 0, 0, 0, 0)
print("GOT THROUGH")
