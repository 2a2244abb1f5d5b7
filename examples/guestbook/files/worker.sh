#!/bin/sh
# Takes entries from the queue, one at a time, and writes them to the database.
set -eu
while :; do
  entry=$(redis-cli -p "$QUEUE_PORT" --raw BLPOP entries 5 | tail -n +2)
  [ -n "$entry" ] || continue
  printf '%s\n' 'INSERT INTO entries (text) VALUES (:'"'entry'"');' | psql --quiet --set=ON_ERROR_STOP=1 --set=entry="$entry"
  echo "wrote an entry"
done
