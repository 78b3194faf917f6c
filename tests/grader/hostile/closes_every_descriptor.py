# ends: forbidden
import os
import time

for descriptor in range(100):
    try:
        os.close(descriptor)
    except OSError:
        pass
time.sleep(60)
