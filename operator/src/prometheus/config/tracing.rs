//! `tracing`: where Prometheus sends traces of its own work. Pure.

use crds::{TracingCompression, TracingConfig};
use formats::{version::Field, yaml::Yaml};

use super::{
    context::Context,
    error::Error,
    section::{DroppedField, PartScope, part},
    sections::{self, Section, Table},
    value::{number, text, text_map},
};

/// `tracing`, where it is set.
///
/// # Errors
/// When the share of sampled traces is no fraction.
pub(crate) fn tracing(context: &Context<'_>, dropped: &mut Vec<DroppedField>) -> Result<Option<Yaml>, Error> {
    let Some(from) = context.common().tracing_config.as_deref() else {
        return Ok(None);
    };
    if let Some(fraction) = &from.sampling_fraction
        && !number(fraction).is_some_and(|fraction| (0.0..=1.0).contains(&fraction))
    {
        return Err(Error::Fraction {
            field: "tracingConfig.samplingFraction",
            text: fraction.0.as_str().into(),
        });
    }
    Ok(Some(part("tracing", context.namespace(), context, dropped, |scope| {
        scope.mapping::<sections::Tracing>(&Tracing { scope, from })
    })))
}

/// What `tracing` is made from.
pub(crate) struct Tracing<'a> {
    scope: PartScope<'a>,
    from: &'a TracingConfig,
}

/// Keys of `tracing`. Headers are sorted; the original writes them in any order.
impl Section for sections::Tracing {
    type Source<'a> = Tracing<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("endpoint", |tracing: &Tracing<'_>| Some(text(&tracing.from.endpoint))),
                Field::new("client_type", |tracing: &Tracing<'_>| {
                    tracing.from.client_type.map(|client| client.as_str().into())
                }),
                Field::new("sampling_fraction", |tracing: &Tracing<'_>| {
                    number(tracing.from.sampling_fraction.as_ref()?).map(Yaml::from)
                }),
                Field::new("insecure", |tracing: &Tracing<'_>| {
                    tracing.from.insecure.map(Yaml::from)
                }),
                Field::new("headers", |tracing: &Tracing<'_>| text_map(&tracing.from.headers)),
                Field::new("compression", |tracing: &Tracing<'_>| {
                    tracing.from.compression.map(|TracingCompression::Gzip| "gzip".into())
                }),
                Field::new("timeout", |tracing: &Tracing<'_>| {
                    tracing.from.timeout.as_ref().map(|timeout| text(timeout))
                }),
                Field::new("tls_config", |tracing: &Tracing<'_>| {
                    tracing.scope.tls_config(tracing.from.tls_config.as_deref())
                }),
            ]
        }
    }
}
