#!/bin/sh
# deps.sh PACKAGE...: install the Debian packages that are missing; needs nothing when none is.
set -eu
command -v dpkg-query >/dev/null || {
  echo "deps: not a Debian system; needed are: $*" >&2
  exit 0
}
missing=
for package in "$@"; do
  case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true) in
    *" installed") ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
echo "deps: installing$missing"
# shellcheck disable=SC2086
$sudo apt-get install -qq -y --no-install-recommends $missing >/dev/null 2>&1 || {
  $sudo apt-get update -qq
  $sudo apt-get install -qq -y --no-install-recommends $missing >/dev/null
}
