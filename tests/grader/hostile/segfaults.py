# ends: crashed
# says: Segmentation fault
import ctypes

ctypes.string_at(0)
