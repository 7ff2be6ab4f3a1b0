# Ready: it answers, and a replica has its primary's data.
[ "$(REDISCLI_AUTH=$PASSWORD timeout 2 valkey-cli ping)" = PONG ] &&
  ! REDISCLI_AUTH=$PASSWORD timeout 2 valkey-cli info replication | grep -q '^master_link_status:down'
