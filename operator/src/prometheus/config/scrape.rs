//! What scrape jobs have in common, whichever object they come from: the keys of the endpoint, the limits, the protocols,
//! the native histograms. Which keys a kind writes in which order is in the module of that kind. Pure.

use std::collections::BTreeMap;

use crds::{
    AuthorizationOptions, ByteSize, Duration, HttpAuth, HttpHeader, HttpHeaders, NativeHistograms, Scheme,
    ScrapeLimits, ScrapeProtocol, TlsOptions,
};
use formats::{
    version::{Field, Range, Version},
    yaml::{Yaml, map, natural_map},
};

use super::{
    kubernetes_sd::{Discovery, kubernetes_sd_configs},
    limits::{body_size_limit, job_limits},
    scrape_class::Class,
    section::{Mapping, PartScope},
    sections::{self, Section, Table},
    value::{number, text, texts},
};

/// First version that reads `PrometheusText1.0.0`.
const TEXT_1_0_0: Version = Version::candidate(3, 0, 0, 0);

/// First version that reads `OpenMetricsText2.0.0`.
const METRICS_2_0_0: Version = Version::new(3, 15, 0);

/// First version that calls `scrape_classic_histograms` by its longer name.
const CLASSIC_RENAMED: Version = Version::candidate(3, 0, 0, 0);

/// One endpoint of a monitor: what a job is made from besides its rules and limits.
pub(crate) struct Target<'a> {
    /// The scope of the monitor, in whose namespace the Secrets are.
    pub(crate) scope: PartScope<'a>,
    pub(crate) job_name: &'a str,
    pub(crate) class: Class<'a>,
    pub(crate) discovery: Discovery<'a>,
    pub(crate) honor_labels: Option<bool>,
    pub(crate) honor_timestamps: Option<bool>,
    pub(crate) track_timestamps_staleness: Option<bool>,
    pub(crate) interval: Option<&'a Duration>,
    pub(crate) scrape_timeout: Option<&'a Duration>,
    pub(crate) path: Option<&'a str>,
    pub(crate) params: &'a BTreeMap<Box<str>, Box<[Box<str>]>>,
    pub(crate) scheme: Option<Scheme>,
    pub(crate) follow_redirects: Option<bool>,
    pub(crate) enable_http2: Option<bool>,
    pub(crate) http_headers: Option<&'a HttpHeaders>,
    pub(crate) tls: Option<TlsOptions<'a>>,
    pub(crate) auth: HttpAuth<'a>,
    pub(crate) bearer_token_file: Option<&'a str>,
}

/// Keys at the head of a job of a `ServiceMonitor` or `PodMonitor`.
impl Section for sections::JobHead {
    type Source<'a> = Target<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("job_name", |target: &Target<'_>| Some(text(target.job_name))),
                Field::new("honor_labels", |target: &Target<'_>| {
                    Some(target.scope.honor_labels(target.honor_labels).into())
                }),
                Field::new("honor_timestamps", |target: &Target<'_>| {
                    target.scope.honor_timestamps(target.honor_timestamps).map(Yaml::from)
                })
                .since(2, 9),
                Field::new("track_timestamps_staleness", |target: &Target<'_>| {
                    target.track_timestamps_staleness.map(Yaml::from)
                })
                .since(2, 48),
                Field::new("kubernetes_sd_configs", |target: &Target<'_>| {
                    Some(kubernetes_sd_configs(&target.discovery))
                }),
                Field::new("scrape_interval", |target: &Target<'_>| {
                    target.interval.map(|interval| text(interval))
                }),
                Field::new("scrape_timeout", |target: &Target<'_>| {
                    target.scrape_timeout.map(|timeout| text(timeout))
                }),
                Field::new("metrics_path", |target: &Target<'_>| target.path.map(text)),
                Field::new("params", Target::params),
                Field::new("scheme", |target: &Target<'_>| {
                    target.scheme.map(|scheme| scheme.as_str().into())
                }),
                Field::new("follow_redirects", |target: &Target<'_>| {
                    target.follow_redirects.map(Yaml::from)
                })
                .since(2, 26),
                Field::new("enable_http2", |target: &Target<'_>| {
                    target.enable_http2.map(Yaml::from)
                })
                .since(2, 35),
            ]
        }
    }
}

/// Key of the headers of requests.
impl Section for sections::HttpHeaders {
    type Source<'a> = Target<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const { &[Field::new("http_headers", Target::http_headers).since(2, 55)] }
    }
}

impl Target<'_> {
    fn params(&self) -> Option<Yaml> {
        let params = self.params.iter();
        let params: Vec<_> = params
            .map(|(name, values)| (text(name), values.iter().map(|value| text(value)).collect()))
            .collect();
        (!params.is_empty()).then(|| natural_map(params))
    }

    /// `http_headers`. A value that cannot be had is left out, since selection has refused such objects before.
    fn http_headers(&self) -> Option<Yaml> {
        let header = |header: &HttpHeader| {
            let secrets: Vec<_> = (header.secrets.iter())
                .filter_map(|selector| self.scope.secret(selector))
                .collect();
            let secrets = (!secrets.is_empty()).then_some(Yaml::Seq(secrets));
            let pairs = [("values", texts(&header.values)), ("secrets", secrets)];
            map(pairs.into_iter().filter_map(|(key, value)| Some((key, value?))))
        };
        let headers: Vec<_> = (self.http_headers?.iter())
            .map(|(name, from)| (text(name), header(from)))
            .collect();
        (!headers.is_empty()).then_some(Yaml::Map(headers))
    }

    /// `tls_config`, merged with the class.
    pub(crate) fn tls_config(&self) -> Option<Yaml> {
        self.scope.class_tls_config(self.class, self.tls)
    }

    /// `authorization`, merged with the class.
    pub(crate) fn authorization(&self) -> Option<Yaml> {
        let own = self.auth.authorization.map(AuthorizationOptions::from);
        self.scope.class_authorization(self.class, own)
    }

    /// `bearer_token`.
    pub(crate) fn bearer_token(&self) -> Option<Yaml> {
        self.scope.named_secret(self.auth.bearer_token_secret)
    }

    /// `basic_auth`.
    pub(crate) fn basic_auth(&self) -> Option<Yaml> {
        self.scope.basic_auth(self.auth.basic_auth)
    }

    /// `oauth2`.
    pub(crate) fn oauth2(&self) -> Option<Yaml> {
        self.scope.oauth2(self.auth.oauth2)
    }
}

impl PartScope<'_> {
    /// Whether a target's own labels stay, as its object says, unless the instance overrides it.
    pub(crate) fn honor_labels(self, own: Option<bool>) -> bool {
        own == Some(true) && self.context.common().override_honor_labels != Some(true)
    }

    /// Whether a target's own timestamps stay, as its object says, unless the instance overrides it.
    pub(crate) fn honor_timestamps(self, own: Option<bool>) -> Option<bool> {
        match self.context.common().override_honor_timestamps {
            Some(true) => Some(false),
            _ => own,
        }
    }

    /// `tls_config`, merged with that of the class.
    pub(crate) fn class_tls_config(self, class: Class<'_>, own: Option<TlsOptions<'_>>) -> Option<Yaml> {
        let tls = class.tls(own)?;
        self.merged(tls.from_class).tls_config(Some(tls.value))
    }

    /// `authorization`, merged with that of the class.
    pub(crate) fn class_authorization(self, class: Class<'_>, own: Option<AuthorizationOptions<'_>>) -> Option<Yaml> {
        let authorization = class.authorization(own)?;
        self.merged(authorization.from_class)
            .authorization(Some(authorization.value))
    }

    /// Where the references of merged settings lead: those of a class name objects beside the Prometheus object.
    fn merged(self, from_class: bool) -> Self {
        if from_class {
            self.in_namespace(self.context.namespace())
        } else {
            self
        }
    }
}

/// What a monitor sets for all of its endpoints.
#[derive(Clone, Copy)]
pub(crate) struct Options<'a> {
    pub(crate) limits: ScrapeLimits,
    pub(crate) histograms: NativeHistograms<'a>,
    pub(crate) scrape_protocols: &'a [ScrapeProtocol],
    pub(crate) fallback_scrape_protocol: Option<ScrapeProtocol>,
    pub(crate) body_size_limit: Option<&'a ByteSize>,
    pub(crate) extra_scrape_metrics: Option<bool>,
}

impl<'a> Mapping<'a> {
    /// The mapping with the keys of limits, native histograms and protocols added, as most jobs have them after their
    /// rules.
    #[must_use]
    pub(crate) fn with_options(self, options: Options<'a>, scope: PartScope<'a>) -> Self {
        self.with_limits(options, scope)
            .with_formats(options, scope)
            .with_body_size_limit(options, scope)
            .with::<sections::ExtraMetrics>(&options)
    }

    /// The mapping with the keys of limits and native histograms added.
    #[must_use]
    pub(crate) fn with_limits(self, options: Options<'a>, scope: PartScope<'a>) -> Self {
        let histograms = Histograms {
            from: options.histograms,
            version: scope.context.version(),
        };
        self.with::<sections::Limits>(&job_limits(options.limits, scope.context))
            .with::<sections::NativeHistograms>(&histograms)
    }

    /// The mapping with the keys of protocols added.
    #[must_use]
    pub(crate) fn with_formats(self, options: Options<'a>, scope: PartScope<'a>) -> Self {
        let formats = Formats {
            protocols: known_protocols(options.scrape_protocols, scope.context.version()),
            fallback: options.fallback_scrape_protocol,
        };
        self.with::<sections::Formats>(&formats)
    }

    /// The mapping with the limit of an answer's size added.
    #[must_use]
    pub(crate) fn with_body_size_limit(self, options: Options<'a>, scope: PartScope<'a>) -> Self {
        let enforced = scope.context.common().enforced_body_size_limit.as_ref();
        let limit = body_size_limit(options.body_size_limit, enforced);
        self.with::<sections::BodySize>(&BodySize { limit })
    }
}

/// The native histograms of a job.
pub(crate) struct Histograms<'a> {
    from: NativeHistograms<'a>,
    version: Version,
}

/// Keys of native histograms. One of them was renamed: each version is asked under the name that it knows alone, so that
/// nothing counts as dropped.
impl Section for sections::NativeHistograms {
    type Source<'a> = Histograms<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("scrape_native_histograms", |histograms: &Histograms<'_>| {
                    histograms.from.scrape_native_histograms.map(Yaml::from)
                })
                .since(3, 8),
                Field::new("native_histogram_bucket_limit", |histograms: &Histograms<'_>| {
                    histograms.from.native_histogram_bucket_limit.map(Yaml::from)
                })
                .since(2, 45),
                Field::new("native_histogram_min_bucket_factor", |histograms: &Histograms<'_>| {
                    let factor = histograms.from.native_histogram_min_bucket_factor?;
                    number(factor).map(Yaml::from)
                })
                .since(2, 50),
                Field {
                    versions: Range::ALL.since(Version::new(2, 45, 0)).until(CLASSIC_RENAMED),
                    ..Field::new("scrape_classic_histograms", |histograms: &Histograms<'_>| {
                        let classic = histograms.from.scrape_classic_histograms;
                        classic.filter(|_| histograms.version < CLASSIC_RENAMED).map(Yaml::from)
                    })
                },
                Field {
                    versions: Range::ALL.since(CLASSIC_RENAMED),
                    ..Field::new("always_scrape_classic_histograms", |histograms: &Histograms<'_>| {
                        let classic = histograms.from.scrape_classic_histograms;
                        classic
                            .filter(|_| histograms.version >= CLASSIC_RENAMED)
                            .map(Yaml::from)
                    })
                },
                Field::new("convert_classic_histograms_to_nhcb", |histograms: &Histograms<'_>| {
                    histograms.from.convert_classic_histograms_to_nhcb.map(Yaml::from)
                })
                .since(3, 0),
            ]
        }
    }
}

/// How the answer of a target is read.
pub(crate) struct Formats {
    protocols: Vec<&'static str>,
    fallback: Option<ScrapeProtocol>,
}

/// Keys for how the answer of a target is read.
impl Section for sections::Formats {
    type Source<'a> = Formats;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("scrape_protocols", |formats: &Formats| texts(&formats.protocols)).since(2, 49),
                Field::new("fallback_scrape_protocol", |formats: &Formats| {
                    let older = formats.fallback.filter(|protocol| !is_metrics_2(*protocol));
                    older.map(|protocol| protocol.as_str().into())
                })
                .since(3, 0),
                Field::new("fallback_scrape_protocol", |formats: &Formats| {
                    let newest = formats.fallback.filter(|protocol| is_metrics_2(*protocol));
                    newest.map(|protocol| protocol.as_str().into())
                })
                .since(3, 15),
            ]
        }
    }
}

fn is_metrics_2(protocol: ScrapeProtocol) -> bool {
    protocol == ScrapeProtocol::OpenMetricsText2_0_0
}

/// Key for further series about each scrape.
impl Section for sections::ExtraMetrics {
    type Source<'a> = Options<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[Field::new("extra_scrape_metrics", |options: &Options<'_>| {
                options.extra_scrape_metrics.map(Yaml::from)
            })
            .since(3, 10)]
        }
    }
}

/// How large the answer of a target may be.
pub(crate) struct BodySize<'a> {
    limit: Option<&'a ByteSize>,
}

/// Key for the size of an answer.
impl Section for sections::BodySize {
    type Source<'a> = BodySize<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[Field::new("body_size_limit", |size: &BodySize<'_>| {
                size.limit.map(|limit| text(limit))
            })
            .since(2, 28)]
        }
    }
}

/// The protocols that `version` knows.
pub(crate) fn known_protocols(protocols: &[ScrapeProtocol], version: Version) -> Vec<&'static str> {
    let known = |protocol: &&ScrapeProtocol| match protocol {
        ScrapeProtocol::PrometheusText1_0_0 => version >= TEXT_1_0_0,
        ScrapeProtocol::OpenMetricsText2_0_0 => version >= METRICS_2_0_0,
        _ => true,
    };
    (protocols.iter().filter(known))
        .map(|protocol| protocol.as_str())
        .collect()
}
