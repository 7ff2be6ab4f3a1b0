# Who is primary, as an address: what another pod's sentinel says, else what the own sentinel wrote down before, else the first pod's.
# Sourced; sets self and others, from what addresses.sh found.
number=$(hostname)
self=$(sed -n "$((${number##*-} + 1))p" /data/addresses)
others=$(grep -vxF "$self" /data/addresses)
primary_now() {
  for other in $others; do
    said=$(timeout 2 valkey-cli -h "$other" -p 26379 --raw sentinel get-primary-addr-by-name confeitaria 2>/dev/null | head -n 1)
    if grep -qxF "${said:-nobody}" /data/addresses; then
      echo "$said"
      return
    fi
  done
  said=$(sed -n 's/^sentinel monitor confeitaria \([^ ]*\).*/\1/p' /data/sentinel.conf)
  echo "${said:-$(head -n 1 /data/addresses)}"
}
