//! Room in a Secret or `ConfigMap` for the time when its change was noticed, which pods see as a file beside the others. The
//! renderers say where there is room; the applier, which has a clock, fills it when it writes. Pure.

use std::collections::BTreeMap;

use formats::changed_at::FILE;

/// Makes room among the files of an object, unless they are not `timed`.
pub fn make_room<V: Default>(timed: bool, files: &mut Option<BTreeMap<String, V>>) {
    if timed {
        files.get_or_insert_default().insert(FILE.to_owned(), V::default());
    }
}

/// Fills the room, where there is some.
pub fn fill<V>(files: Option<&mut BTreeMap<String, V>>, time: V) {
    if let Some(room) = files.and_then(|files| files.get_mut(FILE)) {
        *room = time;
    }
}

/// Fills the room, where there is some, with what a predecessor has there.
pub fn keep<V: Clone>(files: Option<&mut BTreeMap<String, V>>, live: Option<&BTreeMap<String, V>>) {
    if let Some(time) = live.and_then(|live| live.get(FILE)) {
        fill(files, time.clone());
    }
}
