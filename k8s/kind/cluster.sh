# shellcheck shell=bash
# The state of the kind cluster, and the steps that change it.
# shellcheck source=../render.sh
source "$K8S_DIR/render.sh"

cluster_containers() { docker ps -aq --no-trunc --filter "label=io.x-k8s.kind.cluster=$CLUSTER" "$@"; }
stopped_nodes() { cluster_containers --filter status=exited --filter status=created --filter status=paused; }

# A cluster is whole when kind finished making it and none of its containers was taken away since. Their list is a file in the
# control plane, which may be stopped; of a cluster made by an older version it is in the cache.
cluster_is_whole() {
  local made
  made=$(docker cp "$CLUSTER-control-plane:/kind/whole" - 2>/dev/null | tar -xO 2>/dev/null || cat "$CACHE/cluster-$CLUSTER" 2>/dev/null) || return 1
  [ "$(cluster_containers | sort)" = "$made" ]
}

mark_as_whole() {
  # shellcheck disable=SC2016
  docker exec "$CLUSTER-control-plane" sh -c 'echo "$1" >/kind/whole.part && mv /kind/whole.part /kind/whole' - "$(cluster_containers | sort)"
}

cluster_port() { docker port "$CLUSTER-control-plane" 30080/tcp | cut -d : -f 2; }
grafana_port() { docker port "$CLUSTER-control-plane" 30030/tcp | cut -d : -f 2; }
prometheus_port() { docker port "$CLUSTER-control-plane" 30090/tcp | cut -d : -f 2; }

# images_are_pulled: whether images come from their registries. IMAGES says so; else a cluster stays what it was made as, whatever the
# network is today, and for a new one a small image is tried: PULL_ERROR says why it did not come.
images_are_pulled() {
  if [ -n "${IMAGES:-}" ]; then
    :
  elif cluster_is_whole; then
    # An image that was pulled is named by its digest.
    case $(docker inspect -f '{{.Config.Image}}' "$CLUSTER-control-plane") in *@sha256:*) IMAGES=pulled ;; *) IMAGES=source ;; esac
  elif PULL_ERROR=$(timeout 30 docker pull -q "$PAUSE_IMAGE" 2>&1 | tail -n 1); then
    IMAGES=pulled
  else
    IMAGES=source PULL_ERROR=${PULL_ERROR:-no answer within 30 s}
  fi
  export IMAGES # the scripts that this one calls need not find out again
  case $IMAGES in
  pulled) return 0 ;;
  source) return 1 ;;
  *) fail "IMAGES=$IMAGES is not known: set it to pulled or source, or leave it away." ;;
  esac
}

remove_cluster() {
  rm -f "$CACHE/cluster-$CLUSTER"
  kind delete cluster --name "$CLUSTER" || { thaw_nodes; kind delete cluster --name "$CLUSTER"; }
}

# kind shares one network between its clusters, and other containers may have joined it, stopped ones too: it goes when none is left.
remove_network() {
  [ -n "$(docker ps -aq --filter network=kind)" ] || docker network rm kind || :
  docker rm -f confeitaria-node-build || :
}

# With cgroup v1 systemd freezes a pod for a moment while it starts it. In a node that is killed then it stays frozen, and does not die.
thaw_nodes() {
  local id state
  for id in $(cluster_containers); do
    find "/sys/fs/cgroup/freezer/docker/$id" -name freezer.state -exec grep -l FROZEN {} + | while read -r state; do echo THAWED >"$state"; done || :
  done
}

create_cluster() {
  local attempt
  for attempt in 1 2 3; do
    if render "$K8S_DIR/kind/cluster.yaml" |
      kind create cluster --name "$CLUSTER" --config - --image "$NODE_IMAGE" --wait 0s 2>&1 | tee "$CACHE/logs/kind-create.log"; then break; fi
    # Docker finishes a container whose client was interrupted: it appears only now, with a name that is needed.
    if [ "$attempt" = 3 ] || ! grep -q 'already in use by container' "$CACHE/logs/kind-create.log"; then return 1; fi
    remove_cluster
  done
  mark_as_whole
}

# The control plane first: the others look for it by name.
start_nodes() {
  cluster_containers --filter status=paused | xargs -r docker unpause
  docker start "$CLUSTER-control-plane"
  cluster_containers | xargs docker start
}

wait_for_nodes() {
  local deadline=$((SECONDS + 300))
  # The port of the API server may be another one after a restart of Docker.
  kind export kubeconfig --name "$CLUSTER"
  until kubectl get --raw /readyz; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 1
  done
  kubectl wait --for=condition=Ready nodes --all --timeout=180s
}
