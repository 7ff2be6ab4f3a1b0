# shellcheck shell=bash
# What images of programs for Node are made with: the repository's own node and esbuild, here and not in a container.

cd "$REPOSITORY"
export PATH=$REPOSITORY/node_modules/.bin:$PATH
[ -x node_modules/node/bin/node ] || fail "The npm packages are missing: run npm ci in $REPOSITORY first."
if ! docker image inspect "$SERVICE_BASE_IMAGE" >/dev/null 2>&1 && ! docker pull -q "$SERVICE_BASE_IMAGE"; then
  "$K8S_DIR/images/build" debian distroless
fi

version_of() { node -p "require('./$1/package.json').version"; }

# revision FORMAT PATH...: the last commit that changed the paths; unknown in a copy without git, or one that git does not trust.
revision() { git log -1 --abbrev=12 --format="$1" -- "${@:2}" || echo unknown; }

# bundle WORKSPACE FOLDER: the programs of a workspace, and their bill of materials, which is kept in $CACHE/sbom too.
bundle() {
  local sbom
  node k8s/images/service/bundle.ts "$1" "$2"
  sbom=$CACHE/sbom/$(basename "$1")-$(version_of "$1")-$(sha256sum package-lock.json | cut -c 1-12).cdx.json
  if [ ! -s "$sbom" ]; then
    mkdir -p "$CACHE/sbom"
    # Debian's npm is older than that command.
    npx --yes "npm@$NPM_VERSION" sbom --sbom-format cyclonedx --omit dev --package-lock-only --workspace "$1" >"$sbom.part"
    mv "$sbom.part" "$sbom"
  fi
  cp "$sbom" "$2/sbom.cdx.json"
}
