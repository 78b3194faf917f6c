# ends: forbidden
import os

while True:
    os.write(3, bytes(100_000))
