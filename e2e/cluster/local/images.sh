# Images of the node. There is no registry: each image is an archive that is loaded.
# shellcheck shell=bash

ctr() { in_node ctr --address "$run/containerd.sock" --namespace k8s.io "$@"; }

load_archive() { ctr images import - <"$1" >/dev/null; }
