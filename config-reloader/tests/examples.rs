//! The examples in `deploy/reloader`, the README's and the man page: their arguments are read as the program reads its own.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use config_reloader::args::{Args, Command};
use formats::yaml::{self, Yaml};

fn file(name: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn parsed(arguments: impl IntoIterator<Item = String>) -> Args {
    let arguments = arguments.into_iter().map(OsString::from);
    let all = std::iter::once("reloader".into()).chain(arguments);
    Args::try_from_arguments(all).unwrap_or_else(|error| panic!("{error}"))
}

fn texts(list: &Yaml) -> Vec<String> {
    let items = list.as_seq().expect("a list").iter();
    items.map(|item| item.as_str().expect("a text").to_owned()).collect()
}

#[test]
fn the_unit_of_systemd() {
    let text = file("deploy/reloader/prometheus-config-reloader.service").replace("\\\n", " ");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="))
        .expect("a command");
    let words = shlex::split(line).expect("its quotes end");
    let args = parsed(words.into_iter().skip(1));
    assert!(args.verify_reload && args.check_command.is_some());
    assert_eq!(args.watched_files[0].folder, Path::new("/etc/prometheus/rules"));
}

#[test]
fn the_services_of_docker_compose() {
    let text = yaml::parse(file("deploy/reloader/compose.yaml")).expect("YAML");
    let services = text.value_of("services").expect("services");
    let reloader = services.value_of("reloader").expect("the reloader");
    let args = parsed(texts(reloader.value_of("command").expect("arguments")));
    assert_eq!((args.reload_url.len(), args.watched_dir.len()), (0, 2));
    assert!(args.verify_reload);
    let targets = ["configs", "targets", "content"]
        .iter()
        .fold(&text, |node, key| node.value_of(key).expect("a field"));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("targets.yaml");
    fs::write(&file, targets.as_str().expect("a text")).expect("ours");
    let targets = parsed([
        format!("--targets-file={}", file.display()),
        "--verify-reload".to_owned(),
    ]);
    let targets = config_reloader::target::of_arguments(&targets).expect("good targets");
    assert_eq!(targets.len(), 2);
    let probe = reloader
        .value_of("healthcheck")
        .and_then(|check| check.value_of("test"));
    let probe = parsed(texts(probe.expect("a probe")).into_iter().skip(2));
    assert!(matches!(probe.command, Some(Command::Healthcheck(_))));
}

#[test]
fn the_pod_of_kubernetes() {
    // The kubelet expands it, from the variables of the container.
    let text = file("deploy/reloader/kubernetes.yaml").replace("$(POD_NAMESPACE)", "default");
    let set = text
        .split("\n---\n")
        .find(|document| document.contains("kind: StatefulSet"))
        .expect("a StatefulSet");
    let set = yaml::parse(set).expect("YAML");
    let pod = ["spec", "template", "spec"]
        .iter()
        .fold(&set, |node, key| node.value_of(key).expect("a field"));
    let mut seen = 0;
    for list in ["initContainers", "containers"] {
        for container in pod.value_of(list).expect("containers").as_seq().expect("a list") {
            if container
                .value_of("name")
                .and_then(Yaml::as_str)
                .is_some_and(|name| name.ends_with("config-reloader"))
            {
                parsed(texts(container.value_of("args").expect("arguments")));
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 2);
}

#[test]
fn every_flag_is_in_the_man_page_and_those_of_its_pages_exist() {
    use clap::CommandFactory as _;
    let command = Args::command();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .render(&mut page)
        .expect("memory takes every write");
    let page = String::from_utf8(page).expect("text").replace("\\-", "-");
    let flags: Vec<_> = command.get_arguments().filter_map(clap::Arg::get_long).collect();
    for flag in &flags {
        assert!(page.contains(&format!("--{flag}")), "{flag}");
    }
    let section = file("docs/reloader/README.md");
    let named = section.split("`--").skip(1).map(|rest| {
        let end = rest
            .find(|c: char| !c.is_ascii_lowercase() && c != '-')
            .unwrap_or(rest.len());
        &rest[..end]
    });
    for flag in named {
        let of_prometheus = flag.starts_with("web") && !flag.starts_with("web-config");
        assert!(flag == "help" || of_prometheus || flags.contains(&flag), "--{flag}");
    }
}
