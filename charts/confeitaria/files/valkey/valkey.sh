set -eu
. /configuration/primary.sh
# survivor: whether another server has been there all the while, so that this one was missed.
survivor() {
  for other in $others; do
    up=$(REDISCLI_AUTH=$PASSWORD timeout 2 valkey-cli -h "$other" info server 2>/dev/null | sed -n 's/^uptime_in_seconds:\([0-9]*\).*/\1/p')
    [ "${up:-0}" -lt 20 ] || return 0
  done
  return 1
}
primary=$(primary_now)
# A primary that died and is back within seconds is still called primary by sentinels that are about to make another one, and what it took
# until then would be lost. It lets them do so; if nothing comes of it within a minute, it goes on with what it has. That is as long as
# sentinels on a starved machine take: they judge nobody for 30 s (TILT), and try again 20 s after an election without a winner.
patience=120
while [ "$primary" = "$self" ] && [ $patience -gt 0 ] && survivor; do
  sleep 0.5
  patience=$((patience - 1))
  primary=$(primary_now)
done
echo "$self starts; the primary is $primary"
[ "$primary" = "$self" ] || set -- --replicaof "$primary" 6379
umask 077
# The password is given by a file: arguments can be read by whoever sees the process.
printf 'requirepass %s\nprimaryauth %s\n' "$PASSWORD" "$PASSWORD" >/data/secret.conf
# Written as it is answered, forced to the disk each second; a disk that is slow just then holds up to 2 s of it back. What a killed
# server may lack its replicas have.
# A primary that has not enough replicas takes no writes: nobody could take over what it acknowledges.
# Full, it refuses changes in words instead of being killed with all carts; the other half is for rewriting the file.
# A replica that missed 2 MB takes a whole copy, which is no more; the default of 10 MB fills for an hour and looks like a leak.
exec valkey-server /data/secret.conf --dir /data --port 6379 --bind '* -::*' --protected-mode no \
  --appendonly yes --appendfsync everysec --save '' \
  --min-replicas-to-write "$MIN_REPLICAS" --min-replicas-max-lag 10 ${MEMORY:+--maxmemory $((MEMORY / 2))} \
  --replica-announce-ip "$self" --replica-announce-port 6379 \
  --repl-diskless-sync yes --repl-diskless-sync-delay 0 --repl-backlog-size 2mb --repl-timeout 10 --repl-ping-replica-period 1 "$@"
