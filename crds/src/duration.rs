//! Durations and sizes as Prometheus writes them. The types carry the pattern of the schema; arithmetic is the
//! business of whoever needs it.

/// Spans of `y`, `w`, `d`, `h`, `m`, `s` and `ms`, largest first, each at most once; or `0`; or nothing.
#[cfg(feature = "schema")]
const DURATION: &str = "^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$";

text! {
    /// A span of time such as `30s`, `1h30m` or `2w`.
    pub struct Duration { "pattern": DURATION }
}

text! {
    /// A span of time such as `30s` that must not be empty.
    pub struct NonEmptyDuration { "pattern": DURATION, "minLength": 1 }
}

text! {
    /// A number of bytes such as `512MB` or `1.5GiB`; `0` means without limit.
    pub struct ByteSize { "pattern": "(^0|([0-9]*[.])?[0-9]+((K|M|G|T|E|P)i?)?B)$" }
}

text! {
    /// A span of time as Go writes it, with `h`, `m`, `s` and `ms` only, such as `1h30m`.
    pub struct GoDuration { "pattern": "^(0|(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$" }
}
