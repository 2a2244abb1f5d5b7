import sys
print("hello")
print(sys.argv)
