import sys
import time

DELAY = 10


def main():
    for _ in range(100):
        print("Hello world! It is %s, and I sleep for %d seconds." % (time.asctime(), DELAY))
        sys.stdout.flush()
        time.sleep(DELAY)


if __name__ == "__main__":
    main()
