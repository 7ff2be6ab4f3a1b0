# Who is primary, as a host name: what another pod's sentinel says, else what the own sentinel wrote down before, else the first pod.
# Sourced; needs SERVICE, REPLICAS. Names are the pods' own in the headless Service, since addresses change with every restart.
self=$(hostname).$SERVICE
primary_now() {
  i=0
  while [ $i -lt "$REPLICAS" ]; do
    peer=$SERVICE-$i.$SERVICE
    i=$((i + 1))
    [ "$peer" = "$self" ] && continue
    said=$(timeout 2 valkey-cli -h "$peer" -p 26379 --raw sentinel get-primary-addr-by-name confeitaria 2>/dev/null | head -n 1)
    case $said in *".$SERVICE") echo "$said" && return ;; esac
  done
  said=
  [ ! -f /data/sentinel.conf ] || said=$(sed -n 's/^sentinel monitor confeitaria "\{0,1\}\([^" ]*\).*/\1/p' /data/sentinel.conf)
  echo "${said:-$SERVICE-0.$SERVICE}"
}
