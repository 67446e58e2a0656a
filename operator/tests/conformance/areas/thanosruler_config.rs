//! The remote-write configuration of Thanos Ruler, byte for byte.

use crds::ThanosRuler;
use formats::version::Version;
use operator::assets::Assets;
use operator::thanos_ruler::remote_write::remote_write;

use super::objects::read;
use crate::case::{Case, Expected};
use crate::verdict::{Verdict, bytes, decision};

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let thanos_ruler: ThanosRuler = read(&input["thanosRuler"])?;
    let mut assets = Assets::default();
    for secret in input["secrets"].as_array().into_iter().flatten() {
        assets.insert_secret(read(secret)?);
    }
    let version = thanos_ruler.spec.version.as_deref().ok_or("no version")?;
    let version = Version::parse(version).map_err(|error| error.to_string())?;
    let ours = remote_write(&thanos_ruler, version, &assets);
    match (case.expected()?, ours) {
        (Expected::Output(theirs), Ok(ours)) => bytes(ours.text.as_bytes(), &theirs),
        (Expected::Output(_), ours) => decision(&ours, Ok(())),
        (Expected::Error(error), ours) => decision(&ours, Err(&error)),
    }
}
