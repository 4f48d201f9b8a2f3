#!/bin/sh
# Runs in the upgrade's image, before the node is disturbed: is the binary in it the pinned release? The first argument has
# the checksums that it may have, one an architecture; the others are what to run next.
set -eu

allowed=$1
shift
found=$(sha256sum /opt/k3s)
found=${found%% *}
case " $allowed " in
  *" $found "*) ;;
  *)
    echo "check-upgrade: the k3s in this image has the checksum $found, not one of: $allowed" >&2
    exit 1
    ;;
esac
[ $# -eq 0 ] || exec "$@"
