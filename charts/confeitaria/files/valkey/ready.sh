# Ready: it answers, and a replica has its primary's data.
[ "$(VALKEYCLI_AUTH=$PASSWORD timeout 2 valkey-cli ping)" = PONG ] &&
  ! VALKEYCLI_AUTH=$PASSWORD timeout 2 valkey-cli info replication | grep -q '^master_link_status:down'
