//! What systemd is reported of the program (`sd_notify(3)`): that it is ready, how it is, and, where the unit has a watchdog,
//! that its loop still turns. Writes to the socket that `NOTIFY_SOCKET` names.

use std::ffi::OsString;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// The socket, if systemd listens.
pub struct NotifySocket {
    socket: Option<(UnixDatagram, SocketAddr)>,
    watchdog: Option<Duration>,
}

impl NotifySocket {
    /// By the environment of the process.
    pub fn of_process() -> Self {
        let microseconds = std::env::var("WATCHDOG_USEC").ok().and_then(|text| text.parse().ok());
        let is_ours = std::env::var("WATCHDOG_PID").map_or(true, |id| id == std::process::id().to_string());
        Self::new(
            std::env::var_os("NOTIFY_SOCKET"),
            microseconds.filter(|_| is_ours).map(Duration::from_micros),
        )
    }

    fn new(path: Option<OsString>, watchdog: Option<Duration>) -> Self {
        let address = path.and_then(|path| address(&path));
        let socket = address.and_then(|address| Some((UnixDatagram::unbound().ok()?, address)));
        Self {
            watchdog: watchdog.filter(|_| socket.is_some()),
            socket,
        }
    }

    /// How often to report, so that the watchdog waits: half of its time.
    pub fn interval(&self) -> Option<Duration> {
        self.watchdog.map(|watchdog| watchdog / 2)
    }

    /// The program is ready.
    pub fn ready(&self) {
        self.send("READY=1");
    }

    /// The loop turns.
    pub fn alive(&self) {
        self.send("WATCHDOG=1");
    }

    /// The program ends.
    pub fn stopping(&self) {
        self.send("STOPPING=1");
    }

    fn send(&self, message: &str) {
        if let Some((socket, address)) = &self.socket {
            // A manager that does not listen any more is no reason to stop.
            let _ = socket.send_to_addr(message.as_bytes(), address);
        }
    }
}

/// A path, or a name of Linux' own kind, which begins with `@`.
fn address(path: &OsString) -> Option<SocketAddr> {
    #[cfg(target_os = "linux")]
    {
        use std::os::linux::net::SocketAddrExt as _;
        use std::os::unix::ffi::OsStrExt as _;
        if let Some(name) = path.as_bytes().strip_prefix(b"@") {
            return SocketAddr::from_abstract_name(name).ok();
        }
    }
    SocketAddr::from_pathname(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systemd_hears_that_the_program_is_ready_and_alive() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("notify");
        let listener = UnixDatagram::bind(&path).expect("a free name");
        let socket = NotifySocket::new(Some(path.into()), Some(Duration::from_secs(10)));
        assert_eq!(socket.interval(), Some(Duration::from_secs(5)));
        for (report, expected) in [
            (NotifySocket::ready as fn(&NotifySocket), "READY=1"),
            (NotifySocket::alive, "WATCHDOG=1"),
            (NotifySocket::stopping, "STOPPING=1"),
        ] {
            report(&socket);
            let mut buffer = [0; 32];
            let length = listener.recv(&mut buffer).expect("a message");
            assert_eq!(&buffer[..length], expected.as_bytes());
        }
    }

    #[test]
    fn without_systemd_nothing_is_sent() {
        let socket = NotifySocket::new(None, Some(Duration::from_secs(10)));
        assert_eq!(socket.interval(), None);
        socket.ready();
    }
}
