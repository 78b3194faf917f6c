# ends: forbidden
# says: system call
import ctypes
import platform

NUMBER = {"x86_64": 248, "aarch64": 217}[platform.machine()]
ctypes.CDLL(None).syscall(ctypes.c_long(NUMBER), 0, 0, 0, 0, 0)
print("GOT THROUGH")
