set -eu
. /configuration/primary.sh
primary=$(primary_now)
echo "$self starts; the primary is $primary"
[ "$primary" = "$self" ] || set -- --replicaof "$primary" 6379
umask 077
# The password is given by a file: arguments can be read by whoever sees the process.
printf 'requirepass %s\nprimaryauth %s\n' "$PASSWORD" "$PASSWORD" >/data/secret.conf
# Written before the answer, forced to the disk each second: a killed server loses nothing, a lost node has its replicas.
# A primary without a replica takes no writes: nobody could take over what it acknowledges.
exec valkey-server /data/secret.conf --dir /data --port 6379 --bind '* -::*' --protected-mode no \
  --appendonly yes --appendfsync everysec --save '' \
  --min-replicas-to-write 1 --min-replicas-max-lag 10 \
  --replica-announce-ip "$self" --replica-announce-port 6379 \
  --repl-diskless-sync yes --repl-diskless-sync-delay 0 --repl-timeout 10 --repl-ping-replica-period 1 "$@"
