# shellcheck shell=bash
# What a recipe (k8s/images/NAME/build) builds with.
# shellcheck source=../environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/../environment.sh"
# shellcheck source=go-module.sh
source "$K8S_DIR/images/go-module.sh"
# shellcheck source=image.sh
source "$K8S_DIR/images/image.sh"
# shellcheck source=debian/packages.sh
source "$K8S_DIR/images/debian/packages.sh"

# kubernetes_image NAME: the name and tag that kubeadm asks for.
kubernetes_image() {
  "$CACHE/bin/kubernetes/$KUBERNETES_VERSION/kubeadm" config images list --kubernetes-version "v$KUBERNETES_VERSION" | grep "/$1:"
}

# storage_image Provisioner|Helper: what kind's default storage class runs.
storage_image() {
  sed -n "s/^const storage$1Image = \"\(.*\)\"/\1/p" "$(module_source sigs.k8s.io/kind "$KIND_VERSION")/pkg/build/nodeimage/const_storage.go"
}

# cluster_images: the names of all that runs in the cluster and is not the shop's own.
cluster_images() {
  "$CACHE/bin/kubernetes/$KUBERNETES_VERSION/kubeadm" config images list --kubernetes-version "v$KUBERNETES_VERSION" | grep -v /pause:
  storage_image Provisioner
  storage_image Helper
  printf '%s\n' "$PAUSE_IMAGE" "$CLOUDNATIVE_PG_IMAGE" "$POSTGRESQL_IMAGE" "$VALKEY_IMAGE" "$REDIS_EXPORTER_IMAGE" "$TRAEFIK_IMAGE" \
    "$PROMETHEUS_IMAGE" "$METRICS_SERVER_IMAGE" "$K6_IMAGE"
}
