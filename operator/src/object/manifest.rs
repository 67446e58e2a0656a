//! Objects as YAML that people read.

use serde::Serialize;

/// `object` as a document of YAML. A long string stays on its line: people search for whole ones.
pub fn yaml(object: &impl Serialize) -> String {
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    // Plain data can be written.
    serde_saphyr::to_string_with_options(object, options).unwrap_or_default()
}
