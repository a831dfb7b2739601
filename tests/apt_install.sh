# Installs Debian packages where we may: as root, or by sudo without a password.
set -eu
command -v apt-get >/dev/null || { echo "apt-get is not here: install $* by hand."; exit 1; }
if [ "$(id -u)" = 0 ]; then as_root=""
elif sudo -n true 2>/dev/null; then as_root="sudo -n"
else echo "Not allowed to install: ask for $*."; exit 1; fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq >/dev/null
$as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
