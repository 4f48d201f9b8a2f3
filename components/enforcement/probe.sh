#!/bin/bash
# Asks, from inside a pod, who gets through to whom, and answers in one line of JSON: {"outcome", "message"}.
#   probe.sh tcp SECONDS HOST PORT   connected, refused, timeout or error (the question could not be asked)
#   probe.sh login SECONDS           in, out or timeout; where and as whom by libpq's environment (PGHOST, PGUSER, ...);
#                                    a line on standard input is taken as the password
#   probe.sh serve ADDRESS PORT      the canary to ask for: accepts connections, and closes them
# The message is that of whoever answered. Needs bash, coreutils, perl and psql: what a PostgreSQL image has.
set -u
export LC_ALL=C

serve() {
  exec perl -MIO::Socket::IP -e '
    my ($address, $port) = @ARGV;
    my $canary = IO::Socket::IP->new(LocalAddr => $address, LocalPort => $port, Listen => 64, ReuseAddr => 1)
      or die "canary on $address port $port: $@\n";
    while (1) { my $caller = $canary->accept or next; close $caller }
  ' "$1" "$2"
}

tcp() {
  local seconds=$1 host=$2 port=$3 message status
  message=$(timeout "$seconds" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$host" "$port" 2>&1)
  status=$?
  message=${message%%$'\n'*}
  message=${message##*: }
  case $status:$message in
    0:*) answer connected "" ;;
    124:*) answer timeout "no answer within $seconds s" ;;
    *"Connection refused" | *"No route to host" | *"Network is unreachable" | *"Permission denied")
      answer refused "$message" ;;
    *) answer error "$message" ;;
  esac
}

login() {
  local seconds=$1 password message status
  if read -r password; then export PGPASSWORD=$password; fi
  export PGCONNECT_TIMEOUT=$seconds
  message=$(timeout $((seconds + 2)) psql --no-psqlrc --no-password --quiet --no-align --tuples-only --command "
    select format('%s in %s over %s, from %s', current_user, current_database(), coalesce(version, 'plain TCP'),
      host(inet_client_addr())) from pg_stat_ssl where pid = pg_backend_pid()" 2>&1)
  status=$?
  case $status:$message in
    0:*) answer in "$message" ;;
    124:* | *"timeout expired"*) answer timeout "${message:-no answer within $seconds s}" ;;
    *) answer out "${message#psql: error: }" ;;
  esac
}

answer() {
  printf '{"outcome":"%s","message":"%s"}\n' "$1" "$(escape "$2")"
}

escape() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  printf '%s' "${text//[[:cntrl:]]/ }"
}

"$@"
