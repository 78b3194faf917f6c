# ends: forbidden
# says: system call
# needs: x86_64
import ctypes
import struct

import numpy as np


class Info(ctypes.Structure):
    _fields_ = (
        ("file", ctypes.c_char_p),
        ("base", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
    )


def machine_code(address):
    """The executable part of the library that has `address`: start and bytes."""
    info = Info()
    ctypes.CDLL(None).dladdr(ctypes.c_void_p(address), ctypes.byref(info))
    header = ctypes.string_at(info.base, 64)
    offset, size, count = struct.unpack("<Q", header[32:40])[0], *struct.unpack("<2H", header[54:58])
    # A program that is not relocatable, as Debian's Python, names addresses and not distances.
    shift = 0 if struct.unpack("<H", header[16:18])[0] == 2 else info.base
    for number in range(count):
        part = ctypes.string_at(info.base + offset + number * size, size)
        kind, flags, _, start, _, _, length = struct.unpack("<IIQQQQQ", part[:48])
        if kind == 1 and flags & 1:
            return shift + start, ctypes.string_at(shift + start, length)


# No page can be made executable, but somewhere in what is there are the bytes of `int 0x80`.
libc = ctypes.CDLL(None)
for function in (ctypes.pythonapi.Py_Initialize, libc.printf, libc.exp):
    address = ctypes.cast(function, ctypes.c_void_p).value
    start, code = machine_code(address)
    found = code.find(b"\xcd\x80")
    if found >= 0:
        ctypes.CFUNCTYPE(ctypes.c_long)(start + found)()
print("GOT THROUGH, or not found")
