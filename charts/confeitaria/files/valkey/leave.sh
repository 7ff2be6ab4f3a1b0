# Asked to end, a primary hands over first, so that carts wait for about a second and not until it is missed. Writes are held back until
# every replica has all of them, since what the sentinels know of who has most may be seconds old. If that cannot be had, it just ends.
# Writes are never let in again: once the sentinels have begun, another may be primary already, and a change that this one takes with the
# replica that still follows it would be acknowledged and lost. Nor may it go on being read: as soon as there is another, it sends its
# clients away, who find that one; by itself it would learn of it 8 s later. What cannot be read counts as no.
. /configuration/primary.sh
server() { REDISCLI_AUTH=$PASSWORD timeout 2 valkey-cli "$@" | tr -d '\r'; }
is_primary() { [ "$(server role | head -n 1)" = master ]; }
# tries COMMAND...: up to 20 times in 2 s, until it succeeds
tries() {
  i=0
  until "$@"; do
    i=$((i + 1))
    [ $i -lt 20 ] || return 1
    sleep 0.1
  done
}
all_have_it() {
  have=0
  for offset in $(server info replication | sed -n 's/^slave.*state=online,offset=\([0-9]*\),.*/\1/p'); do
    [ "$offset" -ge "$position" ] && have=$((have + 1))
  done
  [ $have -ge "$(echo "$others" | wc -l)" ]
}
hand_over() {
  for other in $others; do
    [ "$(timeout 2 valkey-cli -h "$other" -p 26379 sentinel failover confeitaria)" != OK ] || return 0
  done
  return 1
}
is_another() { [ "$(primary_now)" != "$self" ]; }

is_primary || exit 0
[ "$(server client pause 60000 write)" = OK ] || exit 0 # longer than it has to live
position=$(server info replication | sed -n 's/^master_repl_offset://p')
[ -n "$position" ] && tries all_have_it && hand_over && tries is_another && server client kill type normal || : # if not, it ends all the same
