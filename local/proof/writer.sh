#!/bin/bash
# Commits numbered rows for as long as it runs, connecting again whenever it has to. Prints, for each row that was
# acknowledged, its id and the address of the server that did so: a row without such a line may be lost, one with it never.
#   writer.sh TABLE
set -u
connection="connect_timeout=3 tcp_user_timeout=3000 keepalives_idle=2 keepalives_interval=1 keepalives_count=2"

inserts() {
  local table=$1 session=$2 number=0
  while sleep 0.05; do
    echo "insert into $table (id) values ('$HOSTNAME/$session/$number') returning id, host(inet_server_addr());"
    number=$((number + 1))
  done
}

session=0
while true; do
  session=$((session + 1))
  inserts "$1" "$session" |
    psql "$connection" --no-psqlrc --no-password --quiet --no-align --tuples-only --field-separator " " \
      --variable ON_ERROR_STOP=1
  sleep 0.5
done
