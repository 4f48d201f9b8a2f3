#!/bin/sh
# Puts the pinned k3s in place, once. Nothing is run before its checksum is right; an upgrade later on is left alone.
set -eu
# shellcheck source=/dev/null
. /etc/hcloud-postgres/node.env

binary=/usr/local/bin/k3s
[ ! -x "$binary" ] || exit 0

download=$(mktemp "$binary.XXXXXX")
trap 'rm -f "$download"' EXIT
curl --fail --silent --show-error --location --proto '=https' --proto-redir '=https' --tlsv1.2 \
  --connect-timeout 20 --max-time 900 --output "$download" "$K3S_URL"
if ! echo "$K3S_SHA256  $download" | sha256sum --check --status; then
  echo "install-k3s: $K3S_URL does not have the checksum $K3S_SHA256; it is not installed" >&2
  exit 1
fi
chmod 0755 "$download"
mv "$download" "$binary"
