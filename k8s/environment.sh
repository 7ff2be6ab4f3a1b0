# shellcheck shell=bash disable=SC2034
# Where things are. Every script below k8s/ sources this first.
set -euo pipefail

K8S_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPOSITORY=$(dirname "$K8S_DIR")
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/confeitaria
CLUSTER=${CLUSTER:-confeitaria}
# shellcheck source=versions.env
source "$K8S_DIR/versions.env"
# shellcheck source=progress.sh
source "$K8S_DIR/progress.sh"

mkdir -p "$CACHE/tools" "$CACHE/logs"
export PATH=$CACHE/tools:$PATH
# Its own, whatever kubectl is set to elsewhere: these scripts change and break what they find.
export KUBECONFIG=$CACHE/kubeconfig-$CLUSTER
export KIND_EXPERIMENTAL_PROVIDER=docker
