# What some tests need besides Python; where it cannot be had those tests skip and say so.
command -v chromium >/dev/null && exit 0
missing="chromium fonts-noto-core fonts-noto-cjk"
echo "Installing for the tests: $missing"
sh "$(dirname "$0")/apt_install.sh" $missing || echo "Going on without: tests that need it skip."
