//! The text of the file: what the base says, with places for what the selected objects add. Pure.

use formats::yaml::{self, Yaml};

use super::file::FILE;
use super::part::Part;
use super::route::ROUTE as ROUTE_TABLE;
use super::schema::Table;

/// What the selected objects add, each in a place of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addition {
    /// Children of the first route, before its own.
    Routes,
    /// Inhibition rules, after those of the base.
    InhibitRules,
    /// Receivers, after those of the base.
    Receivers,
    /// Mute time intervals, after those of the base.
    Intervals,
}

/// All additions.
pub const ADDITIONS: [Addition; 4] = [
    Addition::Routes,
    Addition::InhibitRules,
    Addition::Receivers,
    Addition::Intervals,
];

/// A piece of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A text of the base.
    Text(String),
    /// What the objects add here.
    Added(Addition),
}

const ROUTE: &str = "route";
const ROUTES: &str = "routes";

impl Part {
    /// The text of an addition.
    pub fn text(&self, addition: Addition) -> String {
        match addition {
            Addition::Routes => items(&[ROUTE, ROUTES], self.route.as_slice()),
            Addition::InhibitRules => items(&[], &self.inhibit_rules),
            Addition::Receivers => items(&[], &self.receivers),
            Addition::Intervals => items(&[], &self.intervals),
        }
    }
}

impl Addition {
    /// The key of the file whose list it goes into; routes go into one below `route`.
    fn key(self) -> &'static str {
        match self {
            Self::Routes => ROUTE,
            Self::InhibitRules => "inhibit_rules",
            Self::Receivers => "receivers",
            Self::Intervals => "mute_time_intervals",
        }
    }
}

/// The pieces of the file `base`, in which there is something to add where `is_added` says so.
pub fn outline(base: &Yaml, is_added: impl Fn(Addition) -> bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for key in (&FILE as &dyn Table).keys() {
        let value = base.value_of(key.name);
        let addition = ADDITIONS
            .into_iter()
            .find(|addition| addition.key() == key.name && is_added(*addition));
        match (addition, value) {
            (None, None) => {}
            (None, Some(value)) => pieces.push(Piece::Text(below(&[key.name], value.clone()))),
            (Some(Addition::Routes), value) => route(&mut pieces, value.unwrap_or(&Yaml::Null)),
            (Some(addition), value) => {
                let own = value.and_then(Yaml::as_seq).unwrap_or_default();
                pieces.push(Piece::Text(format!("{}:\n{}", key.name, items(&[], own))));
                pieces.push(Piece::Added(addition));
            }
        }
    }
    pieces
}

/// The first route, whose own children come after those of the objects.
fn route(pieces: &mut Vec<Piece>, route: &Yaml) {
    let pairs = route.as_map().unwrap_or_default();
    let table: &dyn Table = &ROUTE_TABLE;
    let place = |name: &Yaml| table.place(name.as_str()?);
    let children = place(&ROUTES.into());
    let some = |keep: &dyn Fn(&Yaml) -> bool| -> String {
        let pairs: Vec<(Yaml, Yaml)> = pairs.iter().filter(|(name, _)| keep(name)).cloned().collect();
        if pairs.is_empty() {
            String::new()
        } else {
            stripped(&below(&[ROUTE], Yaml::Map(pairs)), 1)
        }
    };
    let (before, after) = (
        some(&|name| place(name) < children),
        some(&|name| place(name) > children),
    );
    let own = route.value_of(ROUTES).and_then(Yaml::as_seq).unwrap_or_default();
    pieces.push(Piece::Text(format!("{ROUTE}:\n{before}  {ROUTES}:\n")));
    pieces.push(Piece::Added(Addition::Routes));
    pieces.push(Piece::Text(items(&[ROUTE, ROUTES], own) + &after));
}

/// `value` below nested keys.
fn below(keys: &[&'static str], value: Yaml) -> String {
    yaml::to_string(&keys.iter().rev().fold(value, |value, key| yaml::map([(*key, value)])))
}

/// The items of a list below nested keys, without the lines of the keys.
fn items(keys: &[&'static str], items: &[Yaml]) -> String {
    if items.is_empty() {
        return String::new();
    }
    stripped(&below(keys, Yaml::Seq(items.to_vec())), keys.len())
}

/// A text without its first lines.
fn stripped(text: &str, lines: usize) -> String {
    text.splitn(lines + 1, '\n')
        .last()
        .map(str::to_owned)
        .unwrap_or_default()
}
