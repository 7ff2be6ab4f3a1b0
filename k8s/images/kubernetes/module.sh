# shellcheck shell=bash
# k8s.io/kubernetes needs two things that its module alone does not carry.
module=k8s.io/kubernetes

prepare() {
  local source package minor=${KUBERNETES_VERSION#1.}
  export GO_REPLACE GO_LDFLAGS
  # Its go.mod takes the staging modules from its own repository; they are published as v0.MINOR.PATCH.
  source=$(module_source $module "$KUBERNETES_VERSION")
  GO_REPLACE=$(awk -v v="v0.$minor" '$2 == "=>" && $3 ~ /^\.\/staging/ { print $1, "=>", $1, v }' "$source/go.mod")
  # kubeadm and the version skew checks read the version that the linker sets.
  GO_LDFLAGS=
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    GO_LDFLAGS+=" -X $package.gitVersion=v$KUBERNETES_VERSION -X $package.gitMajor=1 -X $package.gitMinor=${minor%.*} -X $package.gitTreeState=clean"
  done
}
