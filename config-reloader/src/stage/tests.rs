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
            verbatim: Vec::new(),
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
        verbatim: Vec::new(),
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
fn names_that_would_lead_out_of_the_folder_are_left_out_and_block_nothing() {
    let folders = folders();
    fs::create_dir(folders.source.join("deep")).expect("ours");
    for name in ["...gz", "..gz", "deep/..gz"] {
        folders.write(name, &compress(b"a: 1\n"));
    }
    folders.write("a.yaml", b"a: 1\n");
    let staged = folders.stage().expect("the others are good");
    assert_eq!(staged.left_out.len(), 3);
    folders.apply();
    assert_eq!(folders.read("a.yaml").as_deref(), Some("a: 1\n"));
    folders.write("a.yaml", b"a: 2\n");
    folders.apply();
    assert_eq!(folders.read("a.yaml").as_deref(), Some("a: 2\n"));
    let beside = fs::read_dir(folders.target.parent().expect("a folder"))
        .expect("ours")
        .count();
    assert_eq!(beside, 2, "the source, the target, and nothing else");
}

#[test]
fn links_in_the_target_folder_are_not_followed() {
    let folders = folders();
    fs::create_dir_all(folders.source.join("deep")).expect("ours");
    fs::create_dir_all(folders.target.join("../elsewhere")).expect("ours");
    folders.write("deep/a.yaml", b"a: 1\n");
    fs::create_dir_all(&folders.target).expect("ours");
    std::os::unix::fs::symlink("../elsewhere", folders.target.join("deep")).expect("ours");
    assert!(matches!(folders.stage(), Err(Error::Output { path, .. }) if path.ends_with("deep")));
    assert!(!folders.target.join("../elsewhere/a.yaml").exists());
}

#[test]
fn verbatim_files_are_unpacked_and_not_expanded() {
    let mut folders = folders();
    if let Some(target) = &mut folders.plan.target_folder {
        target.verbatim = vec![Root::pattern(&format!("{}/rules/*", folders.source.display())).expect("a pattern")];
    }
    fs::create_dir(folders.source.join("rules")).expect("ours");
    folders.write("rules/a.yaml.gz", &compress(b"$(SHARD) $(NO_SUCH)"));
    folders.write("a.yaml", b"$(SHARD)");
    folders.plan.unset_is_fatal = true;
    folders.apply();
    assert_eq!(folders.read("rules/a.yaml").as_deref(), Some("$(SHARD) $(NO_SUCH)"));
    assert_eq!(folders.read("a.yaml").as_deref(), Some("1"));
}

#[test]
fn everything_is_unpacked_where_only_others_read_it() {
    let mut folders = folders();
    let rules = folders.source.with_file_name("rules");
    fs::create_dir(&rules).expect("ours");
    let whole = compress(b"a: 1\n");
    fs::write(rules.join("a.yaml.gz"), &whole[..whole.len() - 3]).expect("ours");
    folders.plan = Plan {
        roots: vec![Root::folder(rules)],
        ..Plan::default()
    };
    assert!(folders.stage().is_ok(), "it is only hashed");
    folders.plan.unpacks_everything = true;
    assert!(matches!(folders.stage(), Err(Error::Process { path, .. }) if path.ends_with("a.yaml.gz")));
}

#[test]
fn an_output_has_the_mode_of_its_source_outside_of_a_pod() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let (source, output) = (folder.path().join("in"), folder.path().join("out"));
    fs::write(&source, "secret").expect("ours");
    fs::set_permissions(&source, fs::Permissions::from_mode(0o640)).expect("ours");
    let mut plan = Plan {
        config: Some(Config {
            source,
            output: Some(output.clone()),
        }),
        ..Plan::default()
    };
    for (keeps_mode, expected) in [(false, 0o644), (true, 0o640)] {
        plan.keeps_mode = keeps_mode;
        plan.stage(&Overlay::default())
            .expect("good sources")
            .commit()
            .expect("writable");
        let mode = fs::metadata(&output).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, expected);
    }
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
