# shellcheck shell=bash
# image TAG [FILE...]: builds TAG from the Dockerfile beside the recipe, with the files beside it. Nothing is done when Docker
# has an image TAG that was made from just these files and bases. DOCKERFILE names another Dockerfile, BUILD_ARGS and LABELS are
# lists of NAME=value.
image() (
  local tag=$1 folder file key base context argument arguments=()
  shift
  folder=$(cd "$(dirname "$0")" && pwd)
  file=$folder/${DOCKERFILE:-Dockerfile}
  for argument in ${BUILD_ARGS:-}; do arguments+=(--build-arg "$argument"); done
  for argument in ${LABELS:-}; do arguments+=(--label "$argument"); done
  key=$({
    cat "$file"
    printf '%s\n' "${BUILD_ARGS:-}" "${LABELS:-}"
    # Built files carry their version in their path; those of this repository change in place.
    for argument in "$@"; do
      case $argument in
      "$CACHE"/bin/*) printf '%s\n' "$argument" ;;
      *) tar --sort=name --mtime=@0 -c -C "$(dirname "$argument")" "$(basename "$argument")" ;;
      esac
    done
    # A base is named literally or by a build argument.
    awk '$1 == "FROM" && $2 != "scratch" { print $2 }' "$file" | while read -r base; do
      case $base in \$*) base=${base#$} && base=${!base} ;; esac
      docker image inspect -f '{{.Id}}' "$base"
    done
  } | sha256sum | cut -c 1-32)
  [ "$(docker image inspect -f '{{index .Config.Labels "confeitaria.key"}}' "$tag" 2>/dev/null)" != "$key" ] || return 0
  mkdir -p "$CACHE/contexts"
  context=$(mktemp -d -p "$CACHE/contexts")
  trap 'rm -rf "$context"' EXIT
  for argument in "$@"; do cp -rl "$argument" "$context/" 2>/dev/null || cp -r "$argument" "$context/"; done
  docker build -q --force-rm --network host --label "confeitaria.key=$key" "${arguments[@]}" -t "$tag" -f "$file" "$context"
)
