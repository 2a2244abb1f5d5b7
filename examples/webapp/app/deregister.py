"""Says good-bye for one instance."""
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--instance", required=True)
print("instance", parser.parse_args().instance, "is gone")
