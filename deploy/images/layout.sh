# What the scripts that write OCI archives share. Sourced; writes below $work, in which oci/blobs/sha256 exists.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # `type` is for those that source this, `work` is theirs

type=application/vnd.oci.image

archive_of() { tar --create --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --format=ustar -C "$1" .; }

# blob MEDIA-TYPE <content: stores it under its digest and prints the descriptor that refers to it.
blob() {
  local file=$work/blob digest
  cat >"$file"
  digest=$(sha256sum "$file" | cut -d' ' -f1)
  printf '"mediaType": "%s", "digest": "sha256:%s", "size": %s' "$1" "$digest" "$(stat -c %s "$file")"
  mv "$file" "$work/oci/blobs/sha256/$digest"
}

# finish OUT.tar REFERENCE DESCRIPTOR: the archive whose image is described. containerd takes the whole reference from its own
# annotation; the standard one holds the tag.
finish() {
  cat >"$work/oci/index.json" <<JSON
{"schemaVersion": 2, "manifests": [{$3, "annotations": {
  "io.containerd.image.name": "$2", "org.opencontainers.image.ref.name": "${2##*:}"}}]}
JSON
  echo '{"imageLayoutVersion": "1.0.0"}' >"$work/oci/oci-layout"
  archive_of "$work/oci" >"$work/image.tar"
  mv "$work/image.tar" "$1"
}
