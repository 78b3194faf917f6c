# ends: import_error
# says: only NumPy and the standard library
import torch


