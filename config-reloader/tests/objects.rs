//! Objects of the API server, of which a false one tells: what they say counts before the mounted files say it, and the
//! mounted files count where the API server does not answer.

mod support;

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use support::{Mount, Running, Target, within};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// An API server that answers one request after the other as it is told.
struct ApiServer(TcpListener);

impl ApiServer {
    /// The path of the next request, and the connection that waits for the answer.
    async fn request(&self) -> (String, TcpStream) {
        let (mut stream, _) = within("a request", self.0.accept()).await.expect("it calls");
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(within("the request", stream.read_u8()).await.expect("it goes on"));
        }
        let line = String::from_utf8_lossy(&request)
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        (line, stream)
    }

    /// Answers a list with one Secret, and the watch behind it with nothing yet; its connection.
    async fn tells(&self, content: &str) -> TcpStream {
        let (line, mut stream) = self.request().await;
        assert_eq!(
            line,
            "GET /api/v1/namespaces/a/secrets?fieldSelector=metadata.name%3Db HTTP/1.1"
        );
        let list = format!(
            r#"{{"metadata":{{"resourceVersion":"7"}},"items":[{}]}}"#,
            secret(content)
        );
        let answer = format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{list}",
            list.len()
        );
        stream.write_all(answer.as_bytes()).await.expect("it reads");
        let (line, mut stream) = self.request().await;
        assert!(line.contains("&watch=1&resourceVersion=7&"), "{line}");
        let head = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
        stream.write_all(head).await.expect("it reads");
        stream
    }
}

fn secret(content: &str) -> String {
    format!(
        r#"{{"metadata":{{}},"data":{{"a.yaml":"{}"}}}}"#,
        STANDARD.encode(content)
    )
}

async fn event(watch: &mut TcpStream, content: &str) {
    let line = format!("{{\"type\":\"MODIFIED\",\"object\":{}}}\n", secret(content));
    // In two pieces, as the network may cut it.
    let (first, second) = line.as_bytes().split_at(30);
    watch.write_all(first).await.expect("it reads");
    watch.flush().await.expect("it reads");
    watch.write_all(second).await.expect("it reads");
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("the output is there")
}

#[tokio::test]
async fn the_api_server_is_ahead_of_the_mount_and_the_mount_is_the_fallback() {
    let mut target = Target::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let server = ApiServer(TcpListener::bind("127.0.0.1:0").await.expect("a free port"));
    let address = server.0.local_addr().expect("it is bound");
    let kubeconfig = format!(
        "current-context: c\ncontexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n\
         clusters: [{{name: c, cluster: {{server: 'http://{address}'}}}}]\nusers: [{{name: u, user: {{token: t}}}}]\n"
    );
    fs::write(path("kubeconfig"), kubeconfig).expect("ours");
    let mut mount = Mount::new(path("config"));
    mount.swap(&[("a.yaml", b"a: 1\n")]);
    let output = path("out.yaml");
    let _running = Running::start(&[
        format!("--config-file={}", mount.path.join("a.yaml").display()),
        format!("--config-envsubst-file={}", output.display()),
        format!("--reload-url=http://{}/-/reload", target.address),
        format!("--kubeconfig={}", path("kubeconfig").display()),
        "--watch-secret=a/b".to_owned(),
        // Nothing here waits for it: an object changes as a whole.
        "--delay-interval=10ms".to_owned(),
    ])
    .await;
    // The mounted file, as long as nothing else is known.
    target.request().await;
    assert_eq!(read(&output), "a: 1\n");
    let mut watch = server.tells("a: 2\n").await;
    target.request().await;
    assert_eq!(read(&output), "a: 2\n");
    event(&mut watch, "a: 3\n").await;
    target.request().await;
    assert_eq!(read(&output), "a: 3\n");
    // The connection breaks, and the API server has an error: what is known stays, until the mount moves on.
    drop(watch);
    let (_, mut stream) = server.request().await;
    let answer = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n";
    stream.write_all(answer).await.expect("it reads");
    drop(stream);
    let (_, refused) = server.request().await;
    assert_eq!(read(&output), "a: 3\n");
    mount.swap(&[("a.yaml", b"a: 4\n")]);
    target.request().await;
    assert_eq!(read(&output), "a: 4\n");
    drop(refused);
    let _watch = server.tells("a: 5\n").await;
    target.request().await;
    assert_eq!(read(&output), "a: 5\n");
    target.assert_quiet();
}
