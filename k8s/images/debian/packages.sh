# shellcheck shell=bash
# Debian packages from the release that the images are built from, by an apt list of its own: the machine's sources stay as they are.

# mirror: where this machine gets Debian from.
mirror() {
  { ! grep -qsx ID=debian /etc/os-release || cat /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null || :; } |
    awk '/^URIs:/ { print $2; exit } /^deb / { for (i = 2; i <= NF; i++) if ($i ~ /^http/) { print $i; exit } }' |
    grep . || fail "Building from source needs a Debian 12 or newer (apt and dpkg); on another system run where images can be pulled."
}

debian_apt() {
  local folder=$CACHE/debian/$DEBIAN_SUITE mirror
  mirror=$(mirror)
  mkdir -p "$folder"/{lists,cache}/partial
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$mirror" "$DEBIAN_SUITE" >"$folder/sources.list"
  "$1" -q -o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o "Dir::State::Lists=$folder/lists" -o "Dir::Cache=$folder/cache" -o APT::Sandbox::User=root "${@:2}"
}

# unpack_packages FOLDER PACKAGE...: downloads and unpacks without installing anything; the copyright files come along.
unpack_packages() {
  local folder=$1 downloads package
  shift
  debian_apt apt-get update
  downloads=$(mktemp -d)
  (cd "$downloads" && debian_apt apt-get download "$@")
  for package in "$downloads"/*.deb; do dpkg -x "$package" "$folder"; done
  rm -r "$downloads"
}

# install_packages PACKAGE...: installs from the machine's own sources.
install_packages() {
  [ "$(id -u)" = 0 ] || fail "These Debian packages are missing: $*. Install them, or run as root."
  apt-get -q update
  DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "$@"
}
