//! The version gates of all sections, read off their tables: for the document of versions, and for the test that walks
//! them. Pure.

use formats::version::Gate;

use super::file::FILE;
use super::schema::{Key, Kind, Table};

/// Each part of the file with its gates, in the order of its keys. Parts without a gate are left out.
pub fn gates() -> Vec<(&'static str, Vec<Gate>)> {
    let gate = |key: &'static Key| Gate::of(key.name, key.versions);
    let gates = |table: &'static dyn Table| -> Vec<Gate> { table.keys().filter_map(gate).collect() };
    (all_sections().into_iter())
        .map(|(name, section)| (name, gates(section)))
        .filter(|(_, gates)| !gates.is_empty())
        .collect()
}

/// Each section once, under the key that it has first, the outer ones before the inner ones.
fn all_sections() -> Vec<(&'static str, &'static dyn Table)> {
    let mut found: Vec<(&'static str, &'static dyn Table)> = vec![("file", &FILE)];
    let mut visited = 0;
    while let Some((_, table)) = found.get(visited) {
        visited += 1;
        for key in table.keys() {
            if let Kind::Section(inner) | Kind::TextOr(inner) | Kind::Sections(inner) | Kind::SectionMap(inner) =
                key.kind
                && !found.iter().any(|(_, known)| std::ptr::addr_eq(*known, inner))
            {
                found.push((key.name, inner));
            }
        }
    }
    found
}

#[cfg(test)]
mod fields;
#[cfg(test)]
mod nulls;
#[cfg(test)]
mod tests;
