//! `tracing`, which users write themselves: which keys it has, and what must hold for it. Pure.

use super::constraints::{required, word};
use super::http::{HEADER, TLS_CONFIG};
use super::schema::{Kind, Row, Section, flag, section, text};

/// `tracing`.
pub(super) static TRACING: Section = Section::<()>::new(&[
    text("client_type"),
    text("endpoint"),
    Row::new("sampling_fraction", Kind::Number),
    flag("insecure"),
    section("tls_config", &TLS_CONFIG),
    Row::new("headers", Kind::SectionMap(&HEADER)),
    text("compression"),
    Row::new("timeout", Kind::Duration),
])
.loaded_if(|tracing, _| {
    required(tracing, "endpoint")?;
    word(tracing, "client_type", &["", "grpc", "http"])?;
    word(tracing, "compression", &["", "gzip"])
});
