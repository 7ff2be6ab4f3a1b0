set -eu
. /configuration/primary.sh
umask 077
if ! grep -q '^port ' /data/sentinel.conf; then
  primary=$(primary_now)
  cat >/data/sentinel.conf <<CONF
port 26379
dir /data
protected-mode no
sentinel announce-ip $self
sentinel announce-port 26379
sentinel monitor confeitaria $primary 6379 2
CONF
fi
# What may change with the chart's values is set anew each time; the rest of the file is the sentinel's memory.
sed -i '/^sentinel \(auth-pass\|down-after-milliseconds\|failover-timeout\|parallel-syncs\) confeitaria/d' /data/sentinel.conf
cat >>/data/sentinel.conf <<CONF
sentinel auth-pass confeitaria $PASSWORD
sentinel down-after-milliseconds confeitaria $DOWN_AFTER_MS
sentinel failover-timeout confeitaria 10000
sentinel parallel-syncs confeitaria 1
CONF
exec valkey-sentinel /data/sentinel.conf
