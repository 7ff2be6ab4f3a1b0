# shellcheck shell=bash
set -euo pipefail
# go_binaries FOLDER MODULE VERSION PACKAGE...: builds commands of a Go module into $CACHE/bin/FOLDER/VERSION, once per version.
#
# The commands are built from a module of our own that requires the one module: `go install PACKAGE@VERSION` refuses modules
# with replace directives. GO_REPLACE holds such lines ("a => b v1"), GO_LDFLAGS linker flags, GO_TAGS build tags; a recipe's
# function `prepare` may set them when that takes time.
# The licences of everything that is linked are put beside the binaries, in licences/.

go_environment() {
  local found newest toolchain
  command -v go >/dev/null || fail "Go is missing: install Go $GO_MINIMUM or newer (https://go.dev/dl)."
  export GOMODCACHE=$CACHE/go/modules GOCACHE=$CACHE/go/build GOFLAGS='-buildvcs=false -trimpath -mod=mod' CGO_ENABLED=0
  found=$(go env GOVERSION)
  newest=$(printf '%s\n' "${found#go}" "$GO_MINIMUM" | sort -V | tail -n 1)
  [ "$newest" != "${found#go}" ] || return 0
  # Before 1.21 Go fetches no newer one by itself. Each is a module too, of which an archive keeps no execute bits and no inner go.mod.
  toolchain=$(download golang.org/toolchain "0.0.1-go$GO_MINIMUM.linux-$(go env GOHOSTARCH)") ||
    fail "Go $found is older than $GO_MINIMUM, which cannot be downloaded: install it from https://go.dev/dl."
  if [ ! -x "$toolchain/bin/go" ]; then
    chmod -R u+w "$toolchain"
    find "$toolchain" -name _go.mod -execdir mv {} go.mod \;
    chmod -R +x "$toolchain"/{pkg/tool,bin}
  fi
  unset GOROOT
  export GOTOOLCHAIN=auto PATH=$toolchain/bin:$PATH
}

# download MODULE VERSION: prints the folder of a module's files.
download() {
  (cd "$CACHE" && GOFLAGS='' go mod download -json "$1@v$2") | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p' | grep .
}

# module_source MODULE VERSION: prints the folder of a module's files, downloaded when they are not there.
module_source() (
  go_environment
  download "$@" ||
    fail "The Go module $1@v$2 cannot be downloaded: is there a network, and is GOPROXY right ($(go env GOPROXY))?"
)

go_binaries() (
  local folder=$1 module=$2 version=$3 target
  shift 3
  target=$CACHE/bin/$folder/$version
  [ ! -e "$target/licences" ] || return 0
  go_environment
  if declare -F prepare >/dev/null; then prepare; fi
  mkdir -p "$CACHE/go/commands/$folder" "$target"
  cd "$CACHE/go/commands/$folder"
  {
    printf 'module build/%s\ngo %s\n' "$folder" "$GO_MINIMUM"
    printf 'require %s v%s\n' "$module" "$version"
    [ -z "${GO_REPLACE:-}" ] || printf 'replace (\n%s\n)\n' "$GO_REPLACE"
  } >go.mod
  {
    printf '//go:build commands\n\npackage commands\n\nimport (\n'
    printf '\t_ "%s"\n' "$@"
    printf ')\n'
  } >commands.go
  nice -n 10 go build -p "${GO_PROCESSES:-2}" -tags "${GO_TAGS:-}" -ldflags "-s -w ${GO_LDFLAGS:-}" -o "$target/" "$@"
  licences "$target"
)

# licences FOLDER: copies the licences of all modules in FOLDER's binaries to FOLDER/licences.
licences() {
  local folder=$1 module version source
  rm -rf "$folder/licences.part"
  mkdir "$folder/licences.part"
  cp "$(go env GOROOT)/LICENSE" "$folder/licences.part/go"
  find "$folder" -maxdepth 1 -type f -exec go version -m {} + | awk '
    $1 == "dep" { if (d) print d; d = $2 " " $3 }
    $1 == "=>" { d = $2 " " $3 }
    END { if (d) print d }' | sort -u |
    while read -r module version; do
      case $module in
      /*) source=$module ;; # a copy that the recipe made
      *) source=$GOMODCACHE/$(printf %s "$module@$version" | sed 's/[A-Z]/!\l&/g') ;;
      esac
      find "$source" -maxdepth 1 -type f \( -iname 'licen[cs]e*' -o -iname 'copying*' -o -iname 'notice*' \) |
        while read -r source; do
          cp --no-preserve=mode "$source" "$folder/licences.part/$(tr / _ <<<"$module@$version")_$(basename "$source")"
        done
    done
  mv "$folder/licences.part" "$folder/licences"
}

# tool COMMAND FOLDER VERSION: puts a built command on the PATH of these scripts.
tool() {
  ln -sfn "../bin/$2/$3/$1" "$CACHE/tools/$1"
}
