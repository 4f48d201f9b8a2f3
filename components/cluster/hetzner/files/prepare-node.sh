#!/bin/sh
# Makes the node fit for k3s, before every start of it. Fails loudly: what is missing here would be missing silently later,
# above all ipset, without which k3s skips its policy engine with one line in the log.
set -eu
# shellcheck source=/dev/null
. /etc/hcloud-postgres/node.env

# shellcheck disable=SC2086 # a list of names
modprobe -a $KERNEL_MODULES
sysctl --quiet --load=/etc/sysctl.d/90-k3s.conf

# The name of the private network's interface differs between server types; its address is known.
interface() {
  ip -o -4 address show to "$PRIVATE_IP/32" | while read -r _ name _; do
    echo "$name"
    break
  done
}
tries=60
until nic=$(interface) && [ -n "$nic" ]; do
  tries=$((tries - 1))
  if [ "$tries" -le 0 ]; then
    echo "prepare-node: no interface has the private address $PRIVATE_IP; is the server attached to its network?" >&2
    exit 1
  fi
  sleep "$RETRY_SECONDS"
done
mkdir -p /etc/rancher/k3s/config.yaml.d
printf 'flannel-iface: %s\n' "$nic" >/etc/rancher/k3s/config.yaml.d/10-interface.yaml

if [ "$ROLE" = server ]; then
  install -d -m 0700 /var/lib/rancher/k3s/server /var/lib/rancher/k3s/server/tls /var/lib/rancher/k3s/server/logs
fi
