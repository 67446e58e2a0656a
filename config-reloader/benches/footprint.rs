//! What the program costs: resident memory, CPU and latency, for the cases that the README names. Starts the built program
//! and reads `/proc`; prints, and never fails on a number. Measures the profile that it is built with: see `make bench`.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A file as in the README's table: so many lines.
const LINES: usize = 40_000;
/// Changes that a latency is taken from.
const CHANGES: u32 = 50;

fn main() {
    // Another program may be named, such as the static one of an image.
    let program = std::env::var_os("RELOADER").map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_prometheus-config-reloader")),
        PathBuf::from,
    );
    let megabytes = fs::metadata(&program).map_or(0, |metadata| metadata.len()) / 10_000;
    print(&format!(
        "program                                {}.{:02} MB",
        megabytes / 100,
        megabytes % 100
    ));
    folders(&program);
    storm(&program);
    latency(
        &program,
        "without delay",
        &["--delay-interval=0".to_owned()],
        CHANGES,
        Duration::ZERO,
    );
    latency(&program, "default flags", &[], 10, Duration::from_millis(1100));
}

fn print(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// One configuration, and three folders with 100 rule files each; then nothing happens.
fn folders(program: &Path) {
    let bench = Bench::new();
    bench.swap("config", 1, &formats::gzip::compress(b"global: {}\n"));
    let rule = "groups: [{name: a, rules: [{record: b, expr: vector(1)}]}]\n".repeat(20);
    let mut flags = Vec::new();
    for folder in ["rules-0", "rules-1", "rules-2"] {
        fs::create_dir(bench.path(folder)).expect("ours");
        for file in 0..100 {
            fs::write(bench.path(folder).join(format!("{file}.yaml")), &rule).expect("ours");
        }
        flags.push(format!("--watched-dir={}", bench.path(folder).display()));
    }
    let running = bench.start(program, &flags);
    running.reloaded();
    // A scrape, as in a pod: it costs memory once.
    running.scrape();
    let before = running.cpu();
    idle(Duration::from_secs(5));
    print(&format!(
        "3 folders of 100 rule files, idle      {} resident; CPU in 5 s: {} ms",
        running.memory(),
        (running.cpu() - before) * 10
    ));
}

/// A large configuration that changes ten times a second.
fn storm(program: &Path) {
    let bench = Bench::new();
    let content = |version: u32| {
        let job =
            "- job_name: serviceMonitor/namespace/some-name/0\n  honor_timestamps: true\n  scrape_interval: 30s\n";
        formats::gzip::compress(format!("# {version}\nscrape_configs:\n{}", job.repeat(LINES / 3)).as_bytes())
    };
    bench.swap("config", 1, &content(1));
    let running = bench.start(program, &["--delay-interval=10ms".to_owned()]);
    running.reloaded();
    let (start, before) = (Instant::now(), running.cpu());
    for version in 2..102 {
        bench.swap("config", version, &content(version));
        running.reloaded();
        idle(
            Duration::from_millis(100)
                .saturating_mul(version - 1)
                .saturating_sub(start.elapsed()),
        );
    }
    let (used, seconds) = ((running.cpu() - before) * 10, start.elapsed().as_secs_f64());
    print(&format!(
        "{LINES} lines, changed ten times a second {} resident, {} at most; CPU: {used} ms in {seconds:.1} s",
        running.memory(),
        running.most_memory()
    ));
}

/// From the swap of a mount to the request, with a time between two swaps.
fn latency(program: &Path, what: &str, flags: &[String], changes: u32, between: Duration) {
    let bench = Bench::new();
    bench.swap("config", 1, &formats::gzip::compress(b"version: 1\n"));
    let running = bench.start(program, flags);
    running.reloaded();
    let mut times: Vec<_> = (2..2 + changes)
        .map(|version| {
            let content = formats::gzip::compress(format!("version: {version}\n").as_bytes());
            let start = bench.swap("config", version, &content);
            running.reloaded();
            let elapsed = start.elapsed();
            idle(between);
            elapsed
        })
        .collect();
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    print(&format!(
        "swap to request, {what}         {:.1?} (median), {:.1?} (95 %)",
        at(50),
        at(95)
    ));
}

fn idle(time: Duration) {
    #[expect(
        clippy::disallowed_methods,
        reason = "a benchmark measures what happens in a given time"
    )]
    std::thread::sleep(time);
}

/// A folder, and a target that tells of each request.
struct Bench {
    folder: tempfile::TempDir,
    listener: TcpListener,
}

impl Bench {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            listener: TcpListener::bind("127.0.0.1:0").expect("a free port"),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Replaces what is mounted, as the kubelet does; the moment of the replacement.
    fn swap(&self, mount: &str, version: u32, content: &[u8]) -> Instant {
        let mount = self.path(mount);
        let (former, name) = (mount.join(format!("..{}", version - 1)), format!("..{version}"));
        fs::create_dir_all(mount.join(&name)).expect("ours");
        fs::write(mount.join(&name).join("a.yaml.gz"), content).expect("ours");
        symlink(&name, mount.join("..data_tmp")).expect("ours");
        let start = Instant::now();
        fs::rename(mount.join("..data_tmp"), mount.join("..data")).expect("ours");
        if former.exists() {
            fs::remove_dir_all(former).expect("ours");
        } else {
            symlink("..data/a.yaml.gz", mount.join("a.yaml.gz")).expect("ours");
        }
        start
    }

    fn start(&self, program: &Path, flags: &[String]) -> Running {
        let target = self.listener.local_addr().expect("it is bound");
        let port = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let listening = port.local_addr().expect("it is bound").to_string();
        drop(port);
        let child = Command::new(program)
            .arg(format!("--config-file={}", self.path("config/a.yaml.gz").display()))
            .arg(format!("--config-envsubst-file={}", self.path("out.yaml").display()))
            .arg(format!("--reload-url=http://{target}/-/reload"))
            .arg(format!("--listen-address={listening}"))
            .args(flags)
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let (tell, requests) = channel();
        let listener = self.listener.try_clone().expect("a descriptor");
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let _ = stream.read(&mut [0; 1024]);
                if tell.send(()).is_err() {
                    return;
                }
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            }
        });
        Running {
            child,
            listening,
            requests,
        }
    }
}

struct Running {
    child: Child,
    listening: String,
    requests: Receiver<()>,
}

impl Running {
    fn reloaded(&self) {
        self.requests.recv_timeout(Duration::from_secs(20)).expect("a reload");
    }

    fn scrape(&self) {
        let mut stream = TcpStream::connect(&self.listening).expect("it listens");
        stream
            .write_all(b"GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            .expect("it reads");
        stream.read_to_end(&mut Vec::new()).expect("it answers");
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.child.id())).expect("it runs")
    }

    fn status(&self, field: &str) -> String {
        let status = self.file("status");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(field))
            .unwrap_or_default();
        let kilobytes: u64 = line
            .trim_start_matches(':')
            .trim()
            .trim_end_matches(" kB")
            .parse()
            .unwrap_or_default();
        format!("{}.{} MiB", kilobytes / 1024, kilobytes % 1024 * 10 / 1024)
    }

    fn memory(&self) -> String {
        self.status("VmRSS")
    }

    fn most_memory(&self) -> String {
        self.status("VmHWM")
    }

    /// User and system time, in hundredths of a second.
    fn cpu(&self) -> u64 {
        let stat = self.file("stat");
        let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        fields[11..13]
            .iter()
            .filter_map(|field| field.parse::<u64>().ok())
            .sum()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
