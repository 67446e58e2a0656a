//! The configuration of Alertmanager: read from what users wrote, generated from `AlertmanagerConfig`s, and fitted to a
//! version. Pure; the format is that of Alertmanager, the order of keys and their gates those of the original.

pub mod admission;
pub mod base;
mod demand;
pub mod fragments;
pub mod gate;
pub mod gates;
mod global;
mod http;
pub(super) mod interval;
pub mod load;
pub mod object;
pub mod outline;
pub(super) mod range;
pub mod read;
mod receiver;
mod route;
mod schema;
mod scope;
pub mod secret;

use schema::{Key, Kind, Section, section, sections, texts};

pub use http::HTTP_CONFIG;
pub(super) use receiver::OWN_FIELDS;
pub use receiver::receiver;
pub use route::ROUTE;
pub use scope::Scope;

/// The whole file.
pub static FILE: Section = Section::new(&[
    section("global", &global::GLOBAL),
    section("route", &route::ROUTE),
    sections("inhibit_rules", &route::INHIBIT_RULE),
    sections("receivers", &receiver::RECEIVER),
    sections("mute_time_intervals", &interval::NAMED_INTERVALS).since(0, 22),
    sections("time_intervals", &interval::NAMED_INTERVALS).since(0, 24),
    texts("templates").always(),
    Key::new("tracing", Kind::AnyMap).since(0, 30),
    Key::new("event_recorder", Kind::AnyMap).since(0, 33),
])
.loaded_if(load::load_file);
