//! Which image a container runs: the user's, or a base image with a digest, a tag or the version. Pure.

use std::sync::LazyLock;

use regex::Regex;

/// Where the image of one container may come from, in order of precedence.
#[derive(Debug, Clone, Copy, Default)]
pub struct Image<'a> {
    /// The whole reference (`spec.image`): taken as it is, even if no registry would accept it.
    pub image: Option<&'a str>,
    /// SHA-256 digest without its prefix (`spec.sha`, deprecated).
    pub sha: Option<&'a str>,
    /// Tag (`spec.tag`, deprecated).
    pub tag: Option<&'a str>,
    /// Image without tag (`spec.baseImage`, deprecated, or the operator's flag). One with tag or digest is taken as it is.
    pub base: &'a str,
    /// Tag of a base image that has none.
    pub version: &'a str,
}

/// Why there is no image to run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The base image is not an image reference.
    #[error("base image {0:?} is not an image reference")]
    Reference(String),
    /// The base image has no tag, and there is no version to tag it with.
    #[error("base image {0:?} has no tag and the version is empty")]
    Version(String),
}

/// Whether an image is known to have no shell, nor anything else besides its program.
pub fn has_no_shell(reference: &str) -> bool {
    reference.contains("distroless")
}

impl Image<'_> {
    /// The image reference.
    pub fn reference(&self) -> Result<String, Error> {
        let given = |text: Option<&str>| text.filter(|text| !text.trim().is_empty()).map(str::to_owned);
        if let Some(image) = given(self.image) {
            return Ok(image);
        }
        if let Some(sha) = given(self.sha) {
            return Ok(format!("{}@sha256:{sha}", self.base));
        }
        if let Some(tag) = given(self.tag) {
            return Ok(format!("{}:{tag}", self.base));
        }
        let parts = REFERENCE
            .captures(self.base)
            .ok_or_else(|| Error::Reference(self.base.to_owned()))?;
        if parts.name("tag").is_some() || parts.name("digest").is_some() {
            return Ok(self.base.to_owned());
        }
        if self.version.is_empty() {
            return Err(Error::Version(self.base.to_owned()));
        }
        Ok(format!("{}:{}", self.base, self.version))
    }
}

/// The grammar of <https://github.com/distribution/reference>: `[host[:port]/]path[:tag][@digest]`.
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    let component = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*";
    let host = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?";
    let tag = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
    let digest = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";
    let pattern = format!("^(?:{host}/)?{component}(?:/{component})*(?::(?<tag>{tag}))?(?:@(?<digest>{digest}))?$");
    Regex::new(&pattern).expect("the pattern is constant")
});

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: Image<'_> = Image {
        image: None,
        sha: None,
        tag: None,
        base: "registry.local:5000/team/prometheus",
        version: "v3.1.0",
    };

    #[test]
    fn the_most_exact_wish_counts() {
        let expected = |image: Image<'_>, expected: &str| assert_eq!(image.reference().as_deref(), Ok(expected));
        expected(BASE, "registry.local:5000/team/prometheus:v3.1.0");
        expected(
            Image { tag: Some("x"), ..BASE },
            "registry.local:5000/team/prometheus:x",
        );
        let sha = Image {
            tag: Some("x"),
            sha: Some("12ab"),
            ..BASE
        };
        expected(sha, "registry.local:5000/team/prometheus@sha256:12ab");
        expected(
            Image {
                image: Some("any:thing:goes"),
                ..sha
            },
            "any:thing:goes",
        );
        let empty = Image {
            image: Some(" "),
            sha: Some(""),
            tag: Some(""),
            ..BASE
        };
        expected(empty, "registry.local:5000/team/prometheus:v3.1.0");
        expected(Image { base: "a/b:c", ..BASE }, "a/b:c");
    }

    #[test]
    fn a_base_image_must_be_a_reference() {
        for base in ["", "a b", "a::b", "A/b:", "a@sha256:12ab"] {
            let image = Image { base, ..BASE };
            assert_eq!(image.reference(), Err(Error::Reference(base.to_owned())), "{base}");
        }
        let unversioned = Image { version: "", ..BASE };
        assert_eq!(unversioned.reference(), Err(Error::Version(BASE.base.to_owned())));
    }
}
