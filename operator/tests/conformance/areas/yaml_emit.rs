//! Trees written with the bytes of go-yaml v2.

use crate::case::Case;
use crate::encoding::{content, decoded};
use crate::verdict::{Verdict, bytes};

pub(crate) fn run(case: &Case) -> Verdict {
    let line = case.line()?;
    let ours = formats::yaml::to_string(&decoded(&line["value"])?);
    bytes(ours.as_bytes(), &content(&line, "out")?)
}
