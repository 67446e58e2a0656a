//! Data that may be too much for one Secret, split over several in the order of its keys. Pure.
//!
//! The number of Secrets is part of the pod template, so data is split exactly as the original splits it.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Bytes of keys and values in one Secret: etcd takes an object of 1 MiB, and the rest of the object needs some space.
pub const LIMIT: usize = 1024 * 1024 - 50_000;

/// The Secrets that hold `data`, each with `metadata` and named `<name>-<index>`. The first one always exists, for a pod must
/// be able to mount it before there is any data.
pub fn secrets(metadata: &ObjectMeta, data: BTreeMap<String, Vec<u8>>) -> Vec<Secret> {
    let mut shards = vec![BTreeMap::new()];
    let mut size = 0;
    for (key, value) in data {
        let bytes = key.len() + value.len();
        if size + bytes > LIMIT && size > 0 {
            shards.push(BTreeMap::new());
            size = 0;
        }
        size += bytes;
        if let Some(shard) = shards.last_mut() {
            shard.insert(key, ByteString(value));
        }
    }
    let prefix = metadata.name.as_deref().unwrap_or_default();
    shards
        .into_iter()
        .enumerate()
        .map(|(index, data)| Secret {
            metadata: ObjectMeta {
                name: Some(format!("{prefix}-{index}")),
                ..metadata.clone()
            },
            data: Some(data),
            ..Secret::default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shards(sizes: &[usize]) -> Vec<(String, usize)> {
        let data = sizes
            .iter()
            .enumerate()
            .map(|(index, size)| (format!("key{index}"), vec![b'x'; *size]))
            .collect();
        let metadata = ObjectMeta {
            name: Some("tls".to_owned()),
            ..ObjectMeta::default()
        };
        secrets(&metadata, data)
            .into_iter()
            .map(|secret| {
                (
                    secret.metadata.name.unwrap_or_default(),
                    secret.data.unwrap_or_default().len(),
                )
            })
            .collect()
    }

    #[test]
    fn a_shard_takes_998576_bytes_of_keys_and_values() {
        let expected = |list: &[(&str, usize)]| {
            list.iter()
                .map(|(name, keys)| ((*name).to_owned(), *keys))
                .collect::<Vec<(String, usize)>>()
        };
        assert_eq!(shards(&[]), expected(&[("tls-0", 0)]));
        assert_eq!(shards(&[500_000, 498_576 - 8]), expected(&[("tls-0", 2)]));
        assert_eq!(
            shards(&[500_000, 498_576 - 7, 10]),
            expected(&[("tls-0", 1), ("tls-1", 2)])
        );
        assert_eq!(shards(&[2_000_000, 10]), expected(&[("tls-0", 1), ("tls-1", 1)]));
    }
}
