# shellcheck shell=bash
# step "What it does" COMMAND...: one line per step with its seconds; the command's output goes to a log that is shown when it fails.

fail() {
  printf '\n%s\n' "$*" >&2
  exit 1
}

step() {
  local what=$1 started=$SECONDS log ticker='' status=0
  shift
  log=$CACHE/logs/$(tr -cs '[:alnum:].\n' '-' <<<"$what").log
  if [ -t 1 ]; then
    (while printf '\r… %s %d s ' "$what" $((SECONDS - started)) && sleep 1; do :; done) &
    ticker=$!
  else
    printf '… %s\n' "$what"
  fi
  # Not `"$@" || status=$?`: that would let a function go on after a command in it failed.
  set +e
  (
    set -e
    "$@"
  ) >"$log" 2>&1 </dev/null
  status=$?
  set -e
  if [ -n "$ticker" ]; then
    kill "$ticker"
    wait "$ticker" 2>/dev/null || :
    printf '\r'
  fi
  if [ "$status" != 0 ]; then
    printf '✗ %s failed after %d s. The end of %s:\n' "$what" $((SECONDS - started)) "$log" >&2
    tail -n 20 "$log" >&2
    exit "$status"
  fi
  printf '✓ %s %d s\n' "$what" $((SECONDS - started))
}
