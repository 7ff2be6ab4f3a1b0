set -eu
# Where each server is, for as long as this pod lives: looked up once, since a sentinel that waits for a DNS server that is gone judges
# nobody meanwhile (TILT). They are the addresses of the pods' own Services, which stay when a pod is made anew.
cd /data
umask 077
touch addresses sentinel.conf
: >addresses.new
for server in $SERVERS; do
  until found=$(getent hosts "$server"); do sleep 0.5; done
  echo "${found%% *}" >>addresses.new
done
# Other Services over kept volumes: of the sentinel's memory stays who was primary.
if ! cmp -s addresses addresses.new; then
  was=$(sed -n 's/^sentinel monitor confeitaria \([^ ]*\).*/\1/p' sentinel.conf)
  number=$(grep -nxF "$was" addresses | cut -d : -f 1)
  : >sentinel.conf
  [ -z "$number" ] || echo "sentinel monitor confeitaria $(sed -n "${number}p" addresses.new) 6379 2" >sentinel.conf
fi
mv addresses.new addresses
