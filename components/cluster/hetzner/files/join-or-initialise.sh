#!/bin/sh
# Decides, once in the life of a server, whether it joins the cluster or starts it: never a second, empty one.
# Whoever answers at a control-plane address with our CA is the cluster, and is joined. An answer with another CA is a
# reason to stop. Where nobody answers, a server starts the cluster only if it may (INITIALISE=yes, in the first server of
# a stack that never had a cluster), or starts from the snapshot that it was told of.
set -eu
# shellcheck source=/dev/null
. /etc/hcloud-postgres/node.env

decision=/etc/rancher/k3s/config.yaml.d/20-join.yaml
ca=/etc/hcloud-postgres/server-ca.crt

[ ! -e "$decision" ] || exit 0

say() { echo "join-or-initialise: $*" >&2; }

decide() {
  mkdir -p "${decision%/*}"
  printf '%s\n' "$1" >"$decision.new"
  mv "$decision.new" "$decision"
}

# Joins the first control-plane address that answers with our CA; 1 where none does.
join() {
  for address in $CONTROL_PLANE; do
    status=0
    curl --silent --output /dev/null --cacert "$ca" --connect-timeout 3 --max-time 5 "https://$address:6443/ping" || status=$?
    case $status in
      0)
        say "$address answers with our CA: joining"
        decide "server: https://$address:6443"
        return 0
        ;;
      60)
        say "$address answers with a certificate that is not of our CA: another cluster has this address; neither joining nor starting one"
        exit 1
        ;;
    esac
  done
  return 1
}

rounds=$ASK_ROUNDS
while [ "$rounds" -gt 0 ]; do
  if join; then exit 0; fi
  rounds=$((rounds - 1))
  [ "$rounds" -eq 0 ] || sleep "$RETRY_SECONDS"
done

if [ "$ROLE" = agent ]; then
  say "no control-plane server answers yet ($CONTROL_PLANE)"
  exit 1
fi
if [ -n "$RESTORE_SNAPSHOT" ]; then
  say "no control-plane server answers: starting from snapshot $RESTORE_SNAPSHOT"
  /usr/local/bin/k3s server --cluster-reset "--cluster-reset-restore-path=$RESTORE_SNAPSHOT"
  decide "cluster-init: true"
  exit 0
fi
if [ "$INITIALISE" = yes ]; then
  say "no control-plane server answers, and this stack has no cluster yet: starting it"
  decide "cluster-init: true"
  exit 0
fi
say "no control-plane server answers (${CONTROL_PLANE:-there is no other}), and this stack had a cluster: not starting an empty one. Bring another control-plane server back, or set cluster.hetzner.restoreSnapshot and replace this server"
exit 1
