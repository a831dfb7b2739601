# What some tests need besides Python; where it cannot be had those tests skip and say so.
missing=
command -v chromium >/dev/null || missing="chromium fonts-noto-core fonts-noto-cjk"
# The server's programs alone: no system service comes with them.
PATH="$PATH:/usr/sbin" command -v mariadbd >/dev/null || missing="$missing mariadb-server-core"
command -v soffice >/dev/null || missing="$missing libreoffice-calc"
[ -n "$missing" ] || exit 0
echo "Installing for the tests: $missing"
sh "$(dirname "$0")/apt_install.sh" $missing || echo "Going on without: tests that need it skip."
