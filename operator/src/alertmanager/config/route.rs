//! The tree of routes and the inhibition rules: which keys they have. Pure; how they come out of an `AlertmanagerConfig`
//! is in [`super::object`].

use super::schema::{Key, Kind, Section, flag, sections, text, texts};

/// `route`, and each of the `routes` in it.
pub static ROUTE: Section = Section::new(&[
    text("receiver"),
    texts("group_by"),
    Key::new("match", Kind::TextMap),
    Key::new("match_re", Kind::TextMap),
    texts("matchers").refused_before(0, 22),
    flag("continue"),
    sections("routes", &ROUTE),
    text("group_wait"),
    text("group_interval"),
    text("repeat_interval"),
    texts("mute_time_intervals").since(0, 22),
    texts("active_time_intervals").since(0, 24),
]);

/// One of the `inhibit_rules`.
pub static INHIBIT_RULE: Section = Section::new(&[
    Key::new("target_match", Kind::TextMap),
    Key::new("target_match_re", Kind::TextMap),
    texts("target_matchers").refused_before(0, 22),
    Key::new("source_match", Kind::TextMap),
    Key::new("source_match_re", Kind::TextMap),
    texts("source_matchers").refused_before(0, 22),
    texts("equal"),
]);
