//! Listening addresses as Go writes them: `:8080`, `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`.

use std::io;

use tokio::net::TcpListener;

/// Binds `address`. An empty host means every address of IPv6 and IPv4, or of IPv4 alone on a host without IPv6.
pub(super) async fn bind(address: &str) -> io::Result<TcpListener> {
    let Some(port) = address.strip_prefix(':') else {
        return TcpListener::bind(address).await;
    };
    match TcpListener::bind(format!("[::]:{port}")).await {
        Err(error) if error.raw_os_error() == Some(EAFNOSUPPORT) || error.kind() == io::ErrorKind::AddrNotAvailable => {
            TcpListener::bind(format!("0.0.0.0:{port}")).await
        }
        bound => bound,
    }
}

/// Linux' number for "address family not supported".
const EAFNOSUPPORT: i32 = 97;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_spelling_is_bound() {
        for address in [":0", "127.0.0.1:0", "localhost:0"] {
            let listener = bind(address).await.unwrap_or_else(|error| panic!("{address}: {error}"));
            assert_ne!(listener.local_addr().expect("it is bound").port(), 0);
        }
        for address in ["", "8080", ":port", "127.0.0.1"] {
            assert!(bind(address).await.is_err(), "{address}");
        }
    }

    #[tokio::test]
    async fn an_empty_host_is_reached_by_ipv4() {
        let listener = bind(":0").await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .expect("IPv4 reaches it");
    }
}
