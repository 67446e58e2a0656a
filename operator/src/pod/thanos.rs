//! What the programs of Thanos have in common, be it the sidecar of Prometheus or Thanos Ruler: ports, and the TLS settings
//! of their gRPC server. Pure.
//!
//! The flags: <https://thanos.io/tip/components/sidecar.md/>, <https://thanos.io/tip/components/rule.md/>.

use crds::{GrpcServerTlsConfig, TlsVersion};

use super::argument::{Argument, Value};

/// Port of the HTTP server.
pub const HTTP_PORT: i32 = 10902;
/// Port of the gRPC server, which is the store API.
pub const GRPC_PORT: i32 = 10901;

type Row<'a> = Argument<Option<&'a GrpcServerTlsConfig>>;

/// The TLS settings of the gRPC server, in output order.
pub fn grpc_server<'a>() -> [Row<'a>; 6] {
    [
        Row::new("grpc-server-tls-cert", |tls| {
            Value::text(tls.and_then(|tls| tls.tls.cert_file.as_deref()))
        }),
        Row::new("grpc-server-tls-key", |tls| {
            Value::text(tls.and_then(|tls| tls.tls.key_file.as_deref()))
        }),
        Row::new("grpc-server-tls-client-ca", |tls| {
            Value::text(tls.and_then(|tls| tls.tls.ca_file.as_deref()))
        }),
        Row::new("grpc-server-tls-min-version", |tls| {
            Value::text(tls.and_then(|tls| tls.tls.min_version).map(tls_version))
        })
        .since(0, 37)
        .of("grpcServerTlsConfig.minVersion"),
        Row::new("grpc-server-tls-ciphers", |tls| {
            tls.map_or(Value::Absent, |tls| Value::list(&tls.cipher_suites))
        })
        .since(0, 42)
        .of("grpcServerTlsConfig.cipherSuites"),
        Row::new("grpc-server-tls-curves", |tls| {
            tls.map_or(Value::Absent, |tls| Value::list(&tls.curves))
        })
        .since(0, 42)
        .of("grpcServerTlsConfig.curves"),
    ]
}

fn tls_version(version: TlsVersion) -> &'static str {
    match version {
        TlsVersion::Tls10 => "1.0",
        TlsVersion::Tls11 => "1.1",
        TlsVersion::Tls12 => "1.2",
        TlsVersion::Tls13 => "1.3",
    }
}
