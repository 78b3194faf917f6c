# ends: forbidden
# says: system call
import ctypes
import platform

NUMBER = {"x86_64": 430, "aarch64": 430}[platform.machine()]
ctypes.CDLL(None).syscall(ctypes.c_long(NUMBER), 0, 0, 0, 0, 0)
print("GOT THROUGH")
