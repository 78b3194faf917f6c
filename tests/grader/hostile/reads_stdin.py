# ends: exception
# says: EOFError
answer = input("the expected values, please: ")
