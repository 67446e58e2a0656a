# Images of the node. There is no registry: each image is an archive that is loaded.
# shellcheck shell=bash

ctr() { in_node ctr --address "$run/containerd.sock" --namespace k8s.io "$@"; }

# load_archive ARCHIVE: unless the node has the same image under the same name.
load_archive() {
  local index name digest
  index=$(tar --extract --to-stdout --file "$1" ./index.json 2>/dev/null || true)
  name=$(sed -n 's/.*"io.containerd.image.name": *"\([^"]*\)".*/\1/p' <<<"$index")
  digest=$(grep --only-matching --max-count=1 'sha256:[0-9a-f]*' <<<"$index" || true)
  [[ -z $name || -z $digest ]] || ! ctr images list "name==$name" | grep --quiet "$digest" || return 0
  ctr images import - <"$1" >/dev/null
}
