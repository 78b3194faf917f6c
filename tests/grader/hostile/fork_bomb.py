# ends: exception
# says: PermissionError
import os

while True:
    os.fork()
