//! Rule files in `ConfigMap`s, and which names the pod mounts. Pure.
//!
//! A file stays in the `ConfigMap` that holds it while it fits there, so that an edited rule rewrites one of them, and a
//! takeover none. Everything else goes into the first one with room for it, by file name.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::ObjectMeta;

use super::{Content, MAX_SIZE};

/// A Prometheus pod mounts as many, whether they exist or not, so that a few more rules restart nothing.
pub const MOUNTED: usize = 3;

/// Which files there are in each `ConfigMap`, by its number, and how long they are.
pub type Places = Vec<BTreeMap<String, usize>>;

/// The `ConfigMap`s with `files`, called `prefix-0` and on; the first exists even without files. Each carries `label`.
/// `places` is what they hold now, and what they will hold then. Written in this order they lose no file for a moment: what
/// a file moves into is ahead of what it leaves.
pub fn config_maps(
    prefix: &str,
    label: (&str, &str),
    files: &BTreeMap<String, Content>,
    places: &mut Places,
) -> Vec<ConfigMap> {
    let parts = placed(files, places);
    let sizes: Places = parts.iter().map(Part::sizes).collect();
    let last = std::mem::replace(places, sizes);
    let has = |index: usize, name: &str| last.get(index).is_some_and(|files| files.contains_key(name));
    let mut parts: Vec<_> = parts.into_iter().enumerate().collect();
    parts.sort_by_key(|(index, part)| part.files.keys().all(|name| has(*index, name)));
    let config_map = |(index, part): (usize, Part<'_>)| ConfigMap {
        metadata: ObjectMeta {
            name: Some(format!("{prefix}-{index}")),
            labels: Some(BTreeMap::from([(label.0.to_owned(), label.1.to_owned())])),
            ..ObjectMeta::default()
        },
        binary_data: part.binary_data(),
        data: Some(part.data()),
        ..ConfigMap::default()
    };
    parts.into_iter().map(config_map).collect()
}

/// What the `ConfigMap`s called `prefix-0` and on hold.
pub fn places(prefix: &str, config_maps: &[ConfigMap]) -> Places {
    let mut places = Places::new();
    for config_map in config_maps {
        let name = config_map.metadata.name.as_deref().unwrap_or_default();
        let number = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-'));
        // Numbers beyond what exists are no work of ours.
        let Some(number) = number.and_then(|number| number.parse::<usize>().ok()) else {
            continue;
        };
        if number >= config_maps.len() {
            continue;
        }
        if places.len() <= number {
            places.resize_with(number + 1, BTreeMap::new);
        }
        let texts = config_map
            .data
            .iter()
            .flatten()
            .map(|(name, text)| (name.clone(), text.len()));
        let packed = config_map.binary_data.iter().flatten();
        let packed = packed.map(|(name, bytes)| (name.clone(), bytes.0.len()));
        places[number] = texts.chain(packed).collect();
    }
    places
}

/// The content of each `ConfigMap`. Only the sizes of the files count, not those of their names.
fn placed<'a>(files: &'a BTreeMap<String, Content>, places: &Places) -> Vec<Part<'a>> {
    let mut parts = vec![Part::default(); places.len().max(1)];
    let places: BTreeMap<&str, (usize, usize)> = (places.iter().enumerate())
        .flat_map(|(number, files)| {
            files
                .iter()
                .map(move |(name, length)| (name.as_str(), (number, *length)))
        })
        .collect();
    // A file that has grown must not drive out one that has not.
    let (same, other): (Vec<_>, Vec<_>) = (files.iter()).partition(|(name, content)| {
        places
            .get(name.as_str())
            .is_some_and(|(_, length)| *length == content.size())
    });
    let mut homeless = Vec::new();
    for (name, content) in same.into_iter().chain(other) {
        match places.get(name.as_str()) {
            Some(&(number, _)) if parts[number].has_room(content) => parts[number].add(name, content),
            _ => homeless.push((name, content)),
        }
    }
    for (name, content) in homeless {
        let number = parts
            .iter()
            .position(|part| part.has_room(content))
            .unwrap_or(parts.len());
        if number == parts.len() {
            parts.push(Part::default());
        }
        parts[number].add(name, content);
    }
    while parts.len() > 1 && parts.last().is_some_and(|part| part.files.is_empty()) {
        parts.pop();
    }
    parts
}

/// The files of one `ConfigMap`.
#[derive(Debug, Clone, Default)]
struct Part<'a> {
    files: BTreeMap<&'a str, &'a Content>,
    size: usize,
}

impl<'a> Part<'a> {
    fn has_room(&self, content: &Content) -> bool {
        self.files.is_empty() || self.size + content.size() <= MAX_SIZE
    }

    fn add(&mut self, name: &'a str, content: &'a Content) {
        self.size += content.size();
        self.files.insert(name, content);
    }

    fn sizes(&self) -> BTreeMap<String, usize> {
        let files = self.files.iter();
        files
            .map(|(name, content)| ((*name).to_owned(), content.size()))
            .collect()
    }

    fn data(&self) -> BTreeMap<String, String> {
        let text = |(name, content): (&&str, &&Content)| match content {
            Content::Text(text) => Some(((*name).to_owned(), text.to_string())),
            Content::Gzip(_) => None,
        };
        self.files.iter().filter_map(text).collect()
    }

    fn binary_data(&self) -> Option<BTreeMap<String, ByteString>> {
        let packed = |(name, content): (&&str, &&Content)| match content {
            Content::Text(_) => None,
            Content::Gzip(bytes) => Some(((*name).to_owned(), ByteString(bytes.to_vec()))),
        };
        let packed: BTreeMap<_, _> = self.files.iter().filter_map(packed).collect();
        (!packed.is_empty()).then_some(packed)
    }
}

/// The names of `count` `ConfigMap`s, sorted as texts (`-10` before `-2`).
pub fn config_map_names(prefix: &str, count: usize) -> Vec<String> {
    let mut names: Vec<String> = (0..count).map(|index| format!("{prefix}-{index}")).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PREFIX: &str = "prometheus-x-rulefiles";

    fn made(files: &BTreeMap<String, Content>, places: &mut Places) -> Vec<ConfigMap> {
        config_maps(PREFIX, ("prometheus-name", "x"), files, places)
    }

    fn text(letter: &str, length: usize) -> Content {
        Content::Text(letter.repeat(length).into())
    }

    fn files(lengths: impl IntoIterator<Item = usize>) -> BTreeMap<String, Content> {
        let lengths = lengths.into_iter().enumerate();
        lengths
            .map(|(index, length)| (format!("{index:02}.yaml"), text("x", length)))
            .collect()
    }

    fn sizes(maps: &[ConfigMap]) -> Vec<Vec<usize>> {
        let sizes = |map: &ConfigMap| map.data.iter().flatten().map(|(_, file)| file.len()).collect();
        maps.iter().map(sizes).collect()
    }

    #[test]
    fn fills_the_first_with_room() {
        let half = MAX_SIZE / 2;
        let sizes = |lengths: &[usize]| sizes(&made(&files(lengths.iter().copied()), &mut Places::new()));
        assert_eq!(sizes(&[]), [Vec::<usize>::new()]);
        assert_eq!(sizes(&[half, half]), [[half, half]]);
        assert_eq!(
            sizes(&[half, half + 1, half - 1]),
            [vec![half, half - 1], vec![half + 1]]
        );
        assert_eq!(sizes(&[half, MAX_SIZE, half]), [vec![half, half], vec![MAX_SIZE]]);
    }

    #[test]
    fn what_another_operator_placed_stays() {
        let half = MAX_SIZE / 2;
        let mut all = files([half, half + 1, half - 1]);
        let mut existing = made(&all, &mut Places::new());
        let moved = existing[0].data.as_mut().unwrap().remove_entry("02.yaml").unwrap();
        existing[1].data.as_mut().unwrap().extend([moved]);
        let mut known = places(PREFIX, &existing);
        assert_eq!(sizes(&made(&all, &mut known)), [vec![half], vec![half + 1, half - 1]]);
        all.remove("00.yaml");
        assert_eq!(sizes(&made(&all, &mut known)), [vec![], vec![half + 1, half - 1]]);
        all.remove("01.yaml");
        all.remove("02.yaml");
        assert_eq!(sizes(&made(&all, &mut known)), [Vec::<usize>::new()]);
    }

    proptest! {
        #[test]
        fn an_edited_file_rewrites_its_old_place_and_its_new_one(
            lengths in prop::collection::vec(1..MAX_SIZE, 1..20),
            edited in any::<prop::sample::Index>(),
            length in 1..MAX_SIZE,
        ) {
            let (mut files, mut places) = (files(lengths.clone()), Places::new());
            let before = made(&files, &mut places);
            let name = format!("{:02}.yaml", edited.index(lengths.len()));
            files.insert(name.clone(), text("y", length));
            let mut after = made(&files, &mut places);
            after.sort_by_key(number);
            let holds = |map: Option<&ConfigMap>| {
                map.and_then(|map| map.data.as_ref()).is_some_and(|data| data.contains_key(&name))
            };
            for number in 0..before.len().max(after.len()) {
                let (old, new) = (before.get(number), after.get(number));
                prop_assert!(old == new || holds(old) || holds(new), "{} changed", number);
            }
            let all: BTreeMap<String, String> = after.into_iter().filter_map(|map| map.data).flatten().collect();
            let all: BTreeMap<_, _> = all.into_iter().map(|(name, file)| (name, Content::Text(file.into()))).collect();
            prop_assert_eq!(all, files);
        }
    }

    fn number(map: &ConfigMap) -> usize {
        map.metadata
            .name
            .as_deref()
            .unwrap()
            .rsplit('-')
            .next()
            .unwrap()
            .parse()
            .unwrap()
    }

    #[test]
    fn a_file_is_where_it_goes_before_it_leaves() {
        let half = MAX_SIZE / 2;
        let (mut all, mut known) = (files([half, half]), Places::new());
        made(&all, &mut known);
        all.insert("00.yaml".to_owned(), text("x", half + 1));
        let numbers: Vec<_> = made(&all, &mut known).iter().map(number).collect();
        assert_eq!(numbers, [1, 0]);
    }

    #[test]
    fn is_found_by_name_and_label() {
        let maps = made(&BTreeMap::new(), &mut Places::new());
        assert_eq!(maps[0].metadata.name.as_deref(), Some("prometheus-x-rulefiles-0"));
        assert_eq!(
            maps[0]
                .metadata
                .labels
                .as_ref()
                .and_then(|labels| labels.get("prometheus-name")),
            Some(&"x".to_owned())
        );
        assert_eq!(config_map_names("p", 2), ["p-0", "p-1"]);
        assert_eq!(config_map_names("p", 11)[..3], ["p-0", "p-1", "p-10"]);
    }
}
