# shellcheck shell=bash
# shellcheck source=render.sh
source "$K8S_DIR/render.sh"

# apply_folder FOLDER [NAME=FILE...]: applies the kustomization k8s/FOLDER, its ${NAME}s replaced, with files from elsewhere put beside it.
apply_folder() {
  local folder=$1 work=$CACHE/manifests/$1 file
  shift
  rm -rf "$work"
  mkdir -p "$work"
  for file in "$K8S_DIR/$folder"/*.yaml; do render "$file" >"$work/$(basename "$file")"; done
  for file; do cp -r --no-preserve=mode "${file#*=}" "$work/${file%%=*}"; done
  kubectl kustomize "$work" >"$work.yaml"
  kubectl apply --server-side --force-conflicts -f "$work.yaml"
}
