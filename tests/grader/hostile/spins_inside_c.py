# ends: timeout
huge = 10 ** (10**8)
while True:
    huge *= huge
