"""Applies the schema to the instance's database."""
import argparse
import sqlite3

parser = argparse.ArgumentParser()
parser.add_argument("--schema", required=True)
parser.add_argument("--database", default="app.db")
arguments = parser.parse_args()

with open(arguments.schema) as schema, sqlite3.connect(arguments.database) as database:
    database.executescript(schema.read())
print("migrated", arguments.database)
