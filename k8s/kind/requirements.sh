# shellcheck shell=bash
# What this machine must have before a cluster is made. Each failure is a sentence that says what to do.

# Measured: the four nodes with everything in k8s/ and the shop take 4 to 5 GiB of memory, and 10 GiB of disk as the shop is used.
# Building from source leaves 20 GiB in the cache and 5 GiB of images.
MEMORY_GIB=7

require_memory() {
  local available
  available=$(awk '/^MemAvailable:/ { print int($2 / 1024 / 1024) }' /proc/meminfo)
  [ "$available" -ge "$MEMORY_GIB" ] ||
    fail "This machine has $available GiB of memory to spare and the cluster needs $MEMORY_GIB: end something, or take a larger one."
}

# Four nodes with systemd and containerd each watch many files; the kernel's default is 128 watchers for each user.
require_inotify() {
  local setting wanted=()
  for setting in max_user_instances=512 max_user_watches=524288; do
    [ "$(cat "/proc/sys/fs/inotify/${setting%=*}")" -ge "${setting#*=}" ] || wanted+=("fs.inotify.$setting")
  done
  [ ${#wanted[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] || ! sysctl -qw "${wanted[@]}"; then
    fail "The nodes watch more files than this machine allows. Run this, and then again what you ran: sudo sysctl -w ${wanted[*]}"
  fi
}

# require_disk pulled|source
require_disk() {
  local folder available needed=10
  [ "$1" = pulled ] || docker image inspect "$KIND_NODE_IMAGE" >/dev/null 2>&1 || needed=35
  for folder in "$CACHE" "$(docker info -f '{{.DockerRootDir}}')"; do
    available=$(df --output=avail -BG "$folder" 2>/dev/null | tail -n 1 | tr -dc '[:digit:]' || :) # Docker's may be on another machine
    [ -z "$available" ] || [ "$available" -ge "$needed" ] ||
      fail "$folder has $available GiB of disk left and $needed are needed: free some (docker image prune)."
  done
}

listening() { (: </dev/tcp/127.0.0.1/"$1") 2>/dev/null; }

require_port() {
  local other
  [[ $HTTP_PORT =~ ^[1-9][0-9]{0,4}$ && $HTTP_PORT -le 65535 ]] || fail "HTTP_PORT=$HTTP_PORT: give a port from 1 to 65535."
  listening "$HTTP_PORT" || return 0
  other=$((HTTP_PORT + 1))
  while listening "$other"; do other=$((other + 1)); done
  fail "Port $HTTP_PORT is taken by another program. Port $other is free: run again with HTTP_PORT=$other."
}
