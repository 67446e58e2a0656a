//! Why a configuration cannot be made. Each error names the field of the Prometheus object for its user.

use formats::version::Version;

/// First version of Prometheus that has an OTLP section.
pub(super) const OTLP: Version = Version::new(2, 55, 0);

/// A Prometheus object, or a text it refers to, that no configuration can be made from.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither 2.x nor 3.x.
    #[error("spec.version: Prometheus {version} is not supported, only 2.x and 3.x are")]
    UnsupportedVersion {
        /// The version of the object.
        version: Version,
    },
    /// More than one scrape class has `default: true`.
    #[error("spec.scrapeClasses: {first:?} and {second:?} are both the default")]
    DefaultScrapeClasses {
        /// Name of the first one.
        first: Box<str>,
        /// Name of the second one.
        second: Box<str>,
    },
    /// A duration that Prometheus cannot read.
    #[error("spec.{field}: {text:?} is not a duration")]
    Duration {
        /// Field of the spec.
        field: &'static str,
        /// Its value.
        text: Box<str>,
    },
    /// The global timeout is longer than the global interval.
    #[error("spec.scrapeTimeout: {timeout:?} is longer than scrapeInterval {interval:?}")]
    ScrapeTimeout {
        /// `scrapeTimeout`.
        timeout: Box<str>,
        /// `scrapeInterval`.
        interval: Box<str>,
    },
    /// The Secret of an `additional…` field does not hold a list of YAML mappings.
    #[error("spec.{field}: {source}")]
    AdditionalYaml {
        /// Field of the spec.
        field: &'static str,
        /// What is wrong with the text.
        #[source]
        source: formats::yaml::ParseError,
    },
    /// An item of an `additional…` field is none that Prometheus loads.
    #[error(transparent)]
    Additional(crate::check::invalid::Invalid),
    /// `relabel_configs` of an additional scrape config is not a list.
    #[error("spec.additionalScrapeConfigs[{index}].relabel_configs: must be a list of mappings")]
    AdditionalRelabelConfigs {
        /// Position in the list.
        index: usize,
    },
    /// An additional scrape config has the name of another job.
    #[error("spec.additionalScrapeConfigs[{index}].job_name: another job is named {name:?}")]
    DuplicateJob {
        /// Position in the list.
        index: usize,
        /// The name.
        name: Box<str>,
    },
    /// A fraction that is no number between 0 and 1.
    #[error("spec.{field}: {text:?} is not a number from 0 to 1")]
    Fraction {
        /// Field of the spec.
        field: &'static str,
        /// Its value.
        text: Box<str>,
    },
    /// A share that is no number between 0 and 100.
    #[error("{field}: {text:?} is not a number from 0 to 100")]
    Percentage {
        /// Field of the spec.
        field: &'static str,
        /// Its value.
        text: Box<str>,
    },
    /// All jobs in one Secret are too much, and Prometheus cannot read more than one.
    #[error(
        "the compressed configuration has {bytes} bytes, but a Secret holds at most {most}: Prometheus can read jobs from further Secrets from {since} on, but the version is {version}"
    )]
    TooLargeForVersion {
        /// Bytes of the file.
        bytes: usize,
        /// Bytes that a Secret holds.
        most: usize,
        /// The version of the object.
        version: Version,
        /// The first version that can.
        since: Version,
    },
    /// Something that is not divided is too much for one Secret.
    #[error("{part} has {bytes} bytes when compressed, but a Secret holds at most {most}")]
    TooLarge {
        /// What it is.
        part: &'static str,
        /// Bytes of the file.
        bytes: usize,
        /// Bytes that a Secret holds.
        most: usize,
    },
    /// XOR chunks cannot hold what `st-storage` stores.
    #[error(
        "spec.tsdb.chunkEncoding: \"Xor\" cannot store start timestamps, which --enable-feature=st-storage asks for"
    )]
    ChunkEncoding,
    /// The OTLP settings contradict each other or the version.
    #[error("spec.otlp: {0}")]
    Otlp(#[from] OtlpError),
}

/// OTLP settings that contradict each other or the version.
#[derive(Debug, thiserror::Error)]
pub enum OtlpError {
    /// The version has no OTLP section.
    #[error("requires Prometheus {OTLP} or newer, but the version is {version}")]
    Version {
        /// The version of the object.
        version: Version,
    },
    /// The strategy came later.
    #[error("translationStrategy {strategy:?} requires Prometheus {since} or newer, but the version is {version}")]
    Strategy {
        /// The strategy.
        strategy: &'static str,
        /// First version that knows it.
        since: Version,
        /// The version of the object.
        version: Version,
    },
    /// The strategy keeps characters that legacy names do not have.
    #[error("translationStrategy {strategy:?} cannot be used with nameValidationScheme \"Legacy\"")]
    Names {
        /// The strategy.
        strategy: &'static str,
    },
    /// All attributes, and some.
    #[error("promoteAllResourceAttributes and promoteResourceAttributes are mutually exclusive")]
    PromotedTwice,
    /// An attribute without a name, or one that is there already.
    #[error("{field}[{index}] is empty or repeated")]
    Attribute {
        /// The list.
        field: &'static str,
        /// Position of the attribute.
        index: usize,
    },
    /// All attributes but some, and not all.
    #[error("ignoreResourceAttributes requires promoteAllResourceAttributes")]
    IgnoredAlone,
}
