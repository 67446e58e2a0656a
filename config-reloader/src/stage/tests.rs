use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use formats::gzip::compress;

use super::*;
use crate::overlay::Files;

/// A source folder and a target folder.
struct Folders {
    _temporary: tempfile::TempDir,
    source: PathBuf,
    target: PathBuf,
    plan: Plan,
}

fn folders() -> Folders {
    let temporary = tempfile::tempdir().expect("a folder");
    let (source, target) = (temporary.path().join("source"), temporary.path().join("target"));
    fs::create_dir(&source).expect("ours");
    let plan = Plan {
        roots: vec![Root::folder(source.clone())],
        target_folder: Some(TargetFolder {
            path: target.clone(),
            sources: Vec::new(),
        }),
        environment: Environment::new([("SHARD".into(), "1".into())], ""),
        ..Plan::default()
    };
    Folders {
        _temporary: temporary,
        source,
        target,
        plan,
    }
}

impl Folders {
    fn write(&self, name: &str, content: &[u8]) {
        let path = self.source.join(name);
        fs::create_dir_all(path.parent().expect("a folder above")).expect("ours");
        fs::write(path, content).expect("ours");
    }

    fn stage(&self) -> Result<Staged, Error> {
        self.plan.stage(&Overlay::default())
    }

    /// Stages and puts in place; the fingerprint.
    fn apply(&self) -> Fingerprint {
        let staged = self.stage().expect("good sources");
        let fingerprint = staged.fingerprint;
        staged.commit().expect("a writable folder");
        fingerprint
    }

    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.target.join(name)).ok()
    }
}

#[test]
fn a_whole_folder_is_unpacked_expanded_and_kept_equal() {
    let folders = folders();
    folders.write("a.yaml.gz", &compress(b"shard: $(SHARD)\n"));
    folders.write("deep/er/b.yaml", b"b: 1\n");
    fs::set_permissions(folders.source.join("deep/er/b.yaml"), Permissions::from_mode(0o640)).expect("ours");
    let first = folders.apply();
    assert_eq!(folders.read("a.yaml").as_deref(), Some("shard: 1\n"));
    assert_eq!(folders.read("deep/er/b.yaml").as_deref(), Some("b: 1\n"));
    assert_eq!(folder::mode(&folders.target.join("deep/er/b.yaml")), Some(0o640));
    assert!(!folders.stage().expect("good sources").is_new());
    assert_eq!(folders.apply(), first);

    fs::remove_dir_all(folders.source.join("deep")).expect("ours");
    fs::write(folders.target.join("foreign.yaml"), "not ours\n").expect("ours");
    assert_ne!(folders.apply(), first);
    assert!(!folders.target.join("deep").exists());
    assert_eq!(folders.read("foreign.yaml").as_deref(), Some("not ours\n"));
    assert_eq!(folders.read("a.yaml").as_deref(), Some("shard: 1\n"));
}

#[test]
fn only_the_sources_are_copied_and_the_rest_counts() {
    let mut folders = folders();
    let rules = folders.source.with_file_name("rules");
    fs::create_dir(&rules).expect("ours");
    fs::write(rules.join("a.yaml"), "1").expect("ours");
    folders.plan.roots.push(Root::folder(rules.clone()));
    folders.plan.target_folder = Some(TargetFolder {
        path: folders.target.clone(),
        sources: vec![Root::pattern(&format!("{}/*.gz", folders.source.display())).expect("a pattern")],
    });
    folders.write("jobs.yaml.gz", &compress(b"$(SHARD)"));
    folders.write("plain.yaml", b"1");
    let first = folders.apply();
    assert_eq!(folders.read("jobs.yaml").as_deref(), Some("1"));
    assert_eq!((folders.read("a.yaml"), folders.read("plain.yaml")), (None, None));
    fs::write(rules.join("a.yaml"), "2").expect("ours");
    assert_ne!(folders.apply(), first, "a rule that changed");
}

#[test]
fn one_bad_file_leaves_everything_as_it_was() {
    let folders = folders();
    folders.write("a.yaml", b"a: 1\n");
    folders.write("b.yaml.gz", &compress(b"b: 1\n"));
    folders.apply();
    folders.write("a.yaml", b"a: 2\n");
    let whole = compress(b"b: 2\n");
    folders.write("b.yaml.gz", &whole[..whole.len() - 1]);
    assert!(matches!(folders.stage(), Err(Error::Process { path, .. }) if path.ends_with("b.yaml.gz")));
    assert_eq!(
        (folders.read("a.yaml").as_deref(), folders.read("b.yaml").as_deref()),
        (Some("a: 1\n"), Some("b: 1\n"))
    );
    assert!(!folders.target.join(".a.yaml.tmp").exists());
}

#[test]
fn two_sources_of_one_file_are_named() {
    let folders = folders();
    folders.write("a.yaml", b"a: 1\n");
    folders.write("a.yaml.gz", &compress(b"a: 2\n"));
    let Err(error) = folders.stage() else {
        panic!("it was staged")
    };
    let message = error.to_string();
    assert!(
        message.contains("a.yaml and ") && message.contains("a.yaml.gz would both become a.yaml"),
        "{message}"
    );
}

#[test]
fn a_list_that_was_tampered_with_removes_nothing_elsewhere() {
    let folders = folders();
    folders.write("a.yaml", b"a: 1\n");
    folders.apply();
    let outside = folders.target.join("../outside");
    fs::write(&outside, "").expect("ours");
    fs::write(
        folders.target.join(".prometheus-config-reloader"),
        b"../outside\0a.yaml\0",
    )
    .expect("ours");
    fs::remove_file(folders.source.join("a.yaml")).expect("ours");
    folders.apply();
    assert!(outside.exists() && folders.read("a.yaml").is_none());
}

#[test]
fn unset_variables_are_counted_over_all_files_or_fatal() {
    let mut folders = folders();
    folders.write("a.yaml", b"$(NO_SUCH) $(SHARD)\n");
    folders.write("b.yaml", b"$(NOR_THIS) $(NO_SUCH)\n");
    let staged = folders.stage().expect("they are tolerated");
    assert_eq!(
        (staged.unset.references, staged.unset.listed().as_str()),
        (3, "NOR_THIS,NO_SUCH")
    );
    folders.plan.unset_is_fatal = true;
    assert!(matches!(folders.stage(), Err(Error::Unset { names, .. }) if names == "NO_SUCH"));
}

#[test]
fn an_overlay_takes_the_place_of_the_files() {
    let folders = folders();
    folders.write("old.yaml", b"old: 1\n");
    let mut overlay = Overlay::default();
    let files = Files::from([("new.yaml.gz".to_owned(), compress(b"new: $(SHARD)\n"))]);
    overlay.put(folders.source.clone(), Arc::new(files));
    folders
        .plan
        .stage(&overlay)
        .expect("good sources")
        .commit()
        .expect("writable");
    assert_eq!(
        (folders.read("new.yaml").as_deref(), folders.read("old.yaml")),
        (Some("new: 1\n"), None)
    );
}
