//! Since when a change waits to be live, where the operator that made it says so in a file beside what it changed. Reads
//! those files.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::SystemTime;

use formats::changed_at::{FILE, read};

use crate::stage::Plan;

/// A time takes fewer bytes.
const LIMIT: u64 = 64;

/// The time of the newest change in all folders that are watched.
pub(crate) fn newest(plan: &Plan) -> Option<SystemTime> {
    let config = plan.config.iter().filter_map(|config| config.source.parent());
    let roots = plan.roots.iter().map(|root| root.folder.as_path());
    config.chain(roots).filter_map(of).max()
}

fn of(folder: &Path) -> Option<SystemTime> {
    let mut text = String::new();
    let file = File::open(folder.join(FILE)).ok()?;
    file.take(LIMIT).read_to_string(&mut text).ok()?;
    read(&text)
}
