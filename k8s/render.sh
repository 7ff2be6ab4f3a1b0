# shellcheck shell=bash
# render FILE...: prints files with each ${NAME} replaced by the variable NAME; a name that is not set is an error.
render() {
  local text name
  text=$(cat "$@")
  # shellcheck disable=SC2016
  for name in $(grep -o '\${[A-Z0-9_]*}' <<<"$text" | tr -d '${}' | sort -u); do
    text=${text//"\${$name}"/${!name}}
  done
  printf '%s\n' "$text"
}
