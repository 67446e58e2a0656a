//! The version gates of all sections, read off their tables: for the document of versions, and for the test that walks
//! them. Pure.

use formats::version::Gate;

use super::FILE;
use super::schema::{Key, Kind, Section};

/// Each part of the file with its gates, in the order of its keys. Parts without a gate are left out.
pub fn gates() -> Vec<(&'static str, Vec<Gate>)> {
    let gate = |key: &Key| Gate::of(key.name, key.versions);
    let gates = |section: &'static Section| -> Vec<Gate> { section.keys.iter().filter_map(gate).collect() };
    (all_sections().into_iter())
        .map(|(name, section)| (name, gates(section)))
        .filter(|(_, gates)| !gates.is_empty())
        .collect()
}

/// Each section once, under the key that it stands at first, the outer ones before the inner ones.
fn all_sections() -> Vec<(&'static str, &'static Section)> {
    let mut found: Vec<(&'static str, &'static Section)> = vec![("file", &FILE)];
    let mut visited = 0;
    while let Some((_, section)) = found.get(visited) {
        visited += 1;
        for key in section.keys {
            if let Kind::Section(inner) | Kind::TextOr(inner) | Kind::Sections(inner) | Kind::SectionMap(inner) =
                key.kind
                && !found.iter().any(|(_, known)| std::ptr::eq(*known, inner))
            {
                found.push((key.name, inner));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
