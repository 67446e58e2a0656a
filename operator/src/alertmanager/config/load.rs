//! Whether Alertmanager would load a configuration: the rules of its `config.Load`, on a tree that has been read or
//! generated. Each section brings its own rules; here is the walk. Pure.

use formats::matcher::Mode;
use formats::version::Version;
use formats::yaml::Yaml;

use super::constraints::has_any;
use super::context::Context;
use super::fault::{Cause, Fault};
use super::file::FILE;
use super::schema::{Kind, Table, has, joined};
use crate::check::invalid::Invalid;

/// Checks a whole file, which [`super::read`] has read or which was generated, for a version; `None`: any.
///
/// # Errors
/// What Alertmanager would refuse it for.
pub fn check_file(file: &Yaml, version: Option<Version>, matchers: Mode) -> Result<(), Invalid> {
    let context = Context {
        version,
        ..Context::of(file, matchers)
    };
    check(&FILE, file, "", &context)
}

/// Checks `value`, a section of `table` at `path`, and all sections in it, the outer ones first.
///
/// # Errors
/// What Alertmanager would refuse the file for.
pub fn check(table: &dyn Table, value: &Yaml, path: &str, context: &Context<'_>) -> Result<(), Invalid> {
    let stated = |fault: Fault| fault.stated(table, context.words, path);
    for key in table.keys().filter(|key| key.excluded) {
        let others = key.yields_to.as_slice();
        if has(value, key.name) && has_any(value, others) {
            return Err(stated(Fault::new(key.name, Cause::NotWith(others))));
        }
    }
    (table.loads())(value, context).map_err(stated)?;
    for (name, value) in value.as_map().unwrap_or_default() {
        let Some(key) = name.as_str().and_then(|name| table.key(name)) else {
            continue;
        };
        let path = joined(path, key.called(context.words));
        match (key.kind, value) {
            (Kind::Section(table) | Kind::TextOr(table), value) => check(table, value, &path, context)?,
            (Kind::Sections(table), Yaml::Seq(items)) => check_list(table, items, &path, context)?,
            (Kind::SectionMap(table), Yaml::Map(pairs)) => {
                for (name, item) in pairs {
                    check(table, item, &joined(&path, name.as_str().unwrap_or_default()), context)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Checks a list of sections.
///
/// # Errors
/// As [`check`].
pub fn check_list(table: &dyn Table, items: &[Yaml], path: &str, context: &Context<'_>) -> Result<(), Invalid> {
    let mut items = items.iter().enumerate();
    items.try_for_each(|(index, item)| check(table, item, &format!("{path}[{index}]"), context))
}
