//! The reference part of the book (`docs/reference`): fields of the API, flags, metrics, reasons, permissions, made from the very types and
//! tables that the programs are made of. Pure.

#![expect(
    clippy::format_push_string,
    reason = "pages are short, and an error of `write!` that cannot happen would be in the way"
)]

mod api;
mod flags;
mod markdown;
pub mod metrics;
mod permissions;
mod reasons;

use crate::{File, Output};

/// Folder of the pages.
const FOLDER: &str = "docs/reference";
/// Second paragraph of every page.
const NOTICE: &str = "<!-- Generated from the code by `make generate`. -->\n";

/// All pages.
pub fn output() -> Output {
    let pages = [
        flags::pages(),
        vec![metrics::page(), permissions::page(), reasons::page()],
        api::pages(),
    ];
    Output {
        files: pages.into_iter().flatten().collect(),
        folders: vec![FOLDER.to_owned(), api::FOLDER.to_owned()],
    }
}

fn page(path: &str, title: &str, text: &str) -> File {
    File {
        path: path.to_owned(),
        text: format!("# {title}\n\n{NOTICE}\n{}\n", text.trim()),
    }
}
