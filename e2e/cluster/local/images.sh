# Images of the node. There is no registry: each image is an archive that is loaded.
# shellcheck shell=bash

ctr() { in_node ctr --address "$run/containerd.sock" --namespace k8s.io "$@"; }

load_archive() { ctr images import - <"$1" >/dev/null; }

# load_files REFERENCE ENTRYPOINT SOURCE=DESTINATION…: an image of these files.
load_files() {
  local archive=$state/image.tar
  "$here/../../deploy/images/archive" "$archive" "$@"
  load_archive "$archive"
  rm -f "$archive"
}

# The operator's default images, under the references it puts into pods.
load_monitored_programs() {
  local folder
  folder=$(prometheus_bin)
  load_files "quay.io/prometheus/prometheus:$prometheus_version" /bin/prometheus \
    "$folder/prometheus=bin/prometheus" "$folder/promtool=bin/promtool"
  folder=$(alertmanager_bin)
  load_files "quay.io/prometheus/alertmanager:$alertmanager_version" /bin/alertmanager \
    "$folder/alertmanager=bin/alertmanager" "$folder/amtool=bin/amtool"
}
