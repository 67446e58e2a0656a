//! Names of volumes and other parts of a pod, derived from names that users chose. Pure.
//!
//! They are part of the pod template, so they are made exactly as the original makes them: a changed name restarts pods.

use twox_hash::XxHash64;

/// Longest DNS-1123 label.
const LABEL: usize = 63;

/// Hexadecimal digits of the hash in a unique label.
const HASH_DIGITS: usize = 8;

/// `prefix-name` as a DNS-1123 label: lower case, every run of other characters becomes one `-`, cut at 63.
///
/// Two long names may give the same label.
pub fn label(prefix: &str, name: &str) -> String {
    let mut label = sanitized(prefix, name);
    label.truncate(LABEL);
    label.truncate(label.trim_end_matches('-').len());
    label
}

/// The same label cut at 54 characters, followed by a hash of the whole name: distinct names give distinct labels.
pub fn unique_label(prefix: &str, name: &str) -> String {
    let mut label = sanitized(prefix, name);
    label.truncate(LABEL - HASH_DIGITS - 1);
    let mut hash = format!("{:x}", XxHash64::oneshot(0, name.as_bytes()));
    hash.truncate(HASH_DIGITS);
    label.push('-');
    label.push_str(&hash);
    label
}

fn sanitized(prefix: &str, name: &str) -> String {
    let mut label = String::with_capacity(prefix.len() + name.len() + 1);
    let mut replaced = false;
    let prefix = prefix.trim_end_matches('-').chars();
    for character in prefix.chain(std::iter::once('-')).chain(name.chars()) {
        let character = character.to_ascii_lowercase();
        if character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-' {
            label.push(character);
            replaced = false;
        } else if !replaced {
            label.push('-');
            replaced = true;
        }
    }
    label.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_a_label_whatever_the_name() {
        for (prefix, name, expected) in [
            ("secret", "etcd-certs", "secret-etcd-certs"),
            ("secret-", "Etcd_.Certs", "secret-etcd-certs"),
            ("configmap", "rules.v2.", "configmap-rules-v2"),
            ("", "rules", "rules"),
        ] {
            assert_eq!(label(prefix, name), expected, "{prefix} {name}");
        }
        // The 63rd character would be a dash, with which no label ends.
        let long = label("secret", &"a.".repeat(60));
        assert_eq!((long.len(), &long[..10], long.ends_with('a')), (62, "secret-a-a", true));
    }

    #[test]
    fn long_names_stay_distinct_in_unique_labels() {
        let (one, other) = (format!("{}-1", "x".repeat(80)), format!("{}-2", "x".repeat(80)));
        assert_eq!(label("secret", &one), label("secret", &other));
        assert_ne!(unique_label("secret", &one), unique_label("secret", &other));
        assert_eq!(unique_label("secret", &one).len(), 63);
    }
}
