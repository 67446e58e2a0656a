//! Addresses as the `net/url` package of Go reads and writes them: what the monitored programs, which are written in Go,
//! would accept, and in which form they would show it. Pure. Its rules are those of RFC 3986 with a few of its own, which
//! are in the source of `net/url`; the recordings of the conformance suite hold us to them.

mod escape;

use std::net::{IpAddr, Ipv4Addr};

use escape::{Part, escape, is_encoded, unescape};

/// An address in its parts, percent-decoded where Go decodes them. Bytes, since what is decoded need not be UTF-8.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Url {
    /// Scheme in lower case; empty in a relative address.
    pub scheme: String,
    /// What follows a scheme without a slash: `mailto:someone`.
    pub opaque: Vec<u8>,
    /// User, and password where there is a colon.
    pub user: Option<(Vec<u8>, Option<Vec<u8>>)>,
    /// Host, with the port where there is one.
    pub host: Vec<u8>,
    /// Path, decoded.
    pub path: Vec<u8>,
    /// Query after the question mark, as written.
    pub raw_query: Vec<u8>,
    /// Whether there is a question mark with nothing after it.
    pub force_query: bool,
    /// Fragment, decoded.
    pub fragment: Vec<u8>,
    raw_path: Vec<u8>,
    raw_fragment: Vec<u8>,
    /// Whether a path follows the scheme with one slash, so that there is no place for a host.
    omits_host: bool,
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A control character.
    #[error("invalid control character in URL")]
    Control,
    /// It begins with a colon.
    #[error("missing protocol scheme")]
    NoScheme,
    /// A colon before the first slash, and what precedes it is no scheme.
    #[error("first path segment in URL cannot contain colon")]
    Colon,
    /// A percent sign that is no escape, or one of what need not be escaped in a host.
    #[error("invalid URL escape {0:?}")]
    Escape(String),
    /// A character that no host has.
    #[error("invalid character {0:?} in host name")]
    HostCharacter(char),
    /// What follows the host is no port.
    #[error("invalid port {0:?} after host")]
    Port(String),
    /// An opening bracket without its closing one.
    #[error("missing ']' in host")]
    Bracket,
    /// Between brackets is no IPv6 address.
    #[error("invalid IP address between brackets")]
    Address,
    /// A character that no user name has.
    #[error("invalid userinfo")]
    User,
}

/// Why a text is no address of the web.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebError {
    /// It is no address at all.
    #[error(transparent)]
    Url(#[from] Error),
    /// Neither http nor https.
    #[error("unsupported scheme {0:?} for URL")]
    Scheme(String),
    /// No host.
    #[error("missing host for URL")]
    NoHost,
}

impl Url {
    /// Reads an address that begins with `http://` or `https://` and has a host.
    ///
    /// # Errors
    /// When it has not, or is none.
    pub fn parse_web(text: impl AsRef<[u8]>) -> Result<Self, WebError> {
        let url = Self::parse(text)?;
        if !matches!(url.scheme.as_str(), "http" | "https") {
            return Err(WebError::Scheme(url.scheme));
        }
        if url.host.is_empty() {
            return Err(WebError::NoHost);
        }
        Ok(url)
    }

    /// Reads an address, absolute or relative.
    ///
    /// # Errors
    /// Where `url.Parse` of Go has one.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, Error> {
        let (text, fragment) = cut(text.as_ref(), b'#');
        let mut url = Self::without_fragment(text)?;
        if let Some(fragment) = fragment {
            url.fragment = unescape(fragment, Part::Fragment)?;
            url.raw_fragment = fragment.to_vec();
        }
        Ok(url)
    }

    fn without_fragment(text: &[u8]) -> Result<Self, Error> {
        let mut url = Self::default();
        if text.iter().any(u8::is_ascii_control) {
            return Err(Error::Control);
        }
        if text == b"*" {
            url.path = text.to_vec();
            return Ok(url);
        }
        let (scheme, mut rest) = scheme(text)?;
        url.scheme = scheme.to_ascii_lowercase();
        let (before, query) = cut(rest, b'?');
        rest = before;
        url.force_query = query.is_some_and(<[u8]>::is_empty);
        url.raw_query = query.unwrap_or_default().to_vec();
        if !rest.starts_with(b"/") {
            if !url.scheme.is_empty() {
                url.opaque = rest.to_vec();
                return Ok(url);
            }
            if cut(rest, b'/').0.contains(&b':') {
                return Err(Error::Colon);
            }
        }
        if rest.starts_with(b"//") && (!url.scheme.is_empty() || !rest.starts_with(b"///")) {
            let authority = &rest[2..];
            let end = authority.iter().position(|byte| *byte == b'/');
            let (authority, path) = authority.split_at(end.unwrap_or(authority.len()));
            url.read_authority(authority)?;
            rest = path;
        } else if !url.scheme.is_empty() && rest.starts_with(b"/") {
            url.omits_host = true;
        }
        url.path = unescape(rest, Part::Path)?;
        url.raw_path = rest.to_vec();
        Ok(url)
    }

    fn read_authority(&mut self, authority: &[u8]) -> Result<(), Error> {
        let at = authority.iter().rposition(|byte| *byte == b'@');
        let Some(at) = at else {
            self.host = host(&self.scheme, authority)?;
            return Ok(());
        };
        let (user, rest) = (&authority[..at], &authority[at + 1..]);
        self.host = host(&self.scheme, rest)?;
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte);
        if !user.iter().all(allowed) {
            return Err(Error::User);
        }
        let (name, password) = cut(user, b':');
        let decoded = |text| unescape(text, Part::User);
        self.user = Some((decoded(name)?, password.map(decoded).transpose()?));
        Ok(())
    }

    /// Host without its port and brackets.
    pub fn hostname(&self) -> &[u8] {
        let host = split_port(&self.host).0;
        host.strip_prefix(b"[")
            .and_then(|host| host.strip_suffix(b"]"))
            .unwrap_or(host)
    }

    /// Port; empty where there is none.
    pub fn port(&self) -> &[u8] {
        split_port(&self.host).1
    }

    /// Path as written, where it is a valid encoding of itself; else re-encoded.
    fn escaped_path(&self) -> Vec<u8> {
        if self.path == b"*" {
            return self.path.clone();
        }
        if is_encoded(&self.raw_path, Part::Path) {
            return self.raw_path.clone();
        }
        escape(&self.path, Part::Path)
    }

    fn escaped_fragment(&self) -> Vec<u8> {
        if is_encoded(&self.raw_fragment, Part::Fragment) {
            return self.raw_fragment.clone();
        }
        escape(&self.fragment, Part::Fragment)
    }

    /// The address as Go writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = Vec::new();
        if !self.scheme.is_empty() {
            text.extend_from_slice(self.scheme.as_bytes());
            text.push(b':');
        }
        if self.opaque.is_empty() {
            self.write_authority(&mut text);
            let path = self.escaped_path();
            if !path.is_empty() && path[0] != b'/' && !self.host.is_empty() {
                text.push(b'/');
            }
            if text.is_empty() && cut(&path, b'/').0.contains(&b':') {
                text.extend_from_slice(b"./");
            }
            text.extend(path);
        } else {
            text.extend_from_slice(&self.opaque);
        }
        if self.force_query || !self.raw_query.is_empty() {
            text.push(b'?');
            text.extend_from_slice(&self.raw_query);
        }
        if !self.fragment.is_empty() {
            text.push(b'#');
            text.extend(self.escaped_fragment());
        }
        text
    }

    fn write_authority(&self, text: &mut Vec<u8>) {
        let nothing = self.host.is_empty() && self.user.is_none();
        if nothing && (self.scheme.is_empty() || self.omits_host) {
            return;
        }
        if !nothing || !self.path.is_empty() {
            text.extend_from_slice(b"//");
        }
        if let Some((name, password)) = &self.user {
            text.extend(escape(name, Part::User));
            if let Some(password) = password {
                text.push(b':');
                text.extend(escape(password, Part::User));
            }
            text.push(b'@');
        }
        text.extend(escape(&self.host, Part::Host));
    }
}

/// What precedes the first `separator`, and what follows it.
fn cut(text: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|byte| *byte == separator) {
        Some(position) => (&text[..position], Some(&text[position + 1..])),
        None => (text, None),
    }
}

/// The scheme, empty where there is none, and what follows its colon.
fn scheme(text: &[u8]) -> Result<(&str, &[u8]), Error> {
    for (position, byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if position > 0 => {}
            b':' if position == 0 => return Err(Error::NoScheme),
            b':' => {
                let scheme = std::str::from_utf8(&text[..position]).unwrap_or_default();
                return Ok((scheme, &text[position + 1..]));
            }
            _ => break,
        }
    }
    Ok(("", text))
}

/// Schemes whose addresses may name several hosts, each with its port.
const SEVERAL_HOSTS: [&str; 4] = ["mongodb", "mongodb+srv", "postgres", "postgresql"];

/// Host and port, decoded.
fn host(scheme: &str, text: &[u8]) -> Result<Vec<u8>, Error> {
    match text.iter().rposition(|byte| *byte == b'[') {
        Some(0) => {}
        Some(_) => return Err(Error::Address),
        None => {
            let is_colon = |byte: &u8| *byte == b':';
            let port = if SEVERAL_HOSTS.contains(&scheme) {
                text.iter().rposition(is_colon)
            } else {
                text.iter().position(is_colon)
            };
            check_port(&text[port.unwrap_or(text.len())..])?;
            return unescape(text, Part::Host);
        }
    }
    let end = text.iter().rposition(|byte| *byte == b']').ok_or(Error::Bracket)?;
    let (address, port) = (&text[1..end], &text[end + 1..]);
    check_port(port)?;
    let zone = address.windows(3).position(|escape| escape == b"%25");
    let (address, zone) = address.split_at(zone.unwrap_or(address.len()));
    let mut decoded = unescape(address, Part::Host)?;
    decoded.extend(unescape(zone, Part::Zone)?);
    check_address(&decoded)?;
    Ok([&b"["[..], &decoded, b"]", port].concat())
}

/// Brackets hold an IPv6 address, with or without a zone.
fn check_address(text: &[u8]) -> Result<(), Error> {
    let (address, zone) = cut(text, b'%');
    let address = std::str::from_utf8(address)
        .ok()
        .and_then(|text| text.parse::<IpAddr>().ok());
    match (address, zone) {
        (Some(IpAddr::V6(_)), None) => Ok(()),
        (Some(IpAddr::V6(_)), Some(zone)) if !zone.is_empty() => Ok(()),
        (Some(IpAddr::V6(_) | IpAddr::V4(Ipv4Addr { .. })) | None, _) => Err(Error::Address),
    }
}

/// Nothing, or a colon and digits, if any.
fn check_port(text: &[u8]) -> Result<(), Error> {
    match text.split_first() {
        None => Ok(()),
        Some((b':', digits)) if digits.iter().all(u8::is_ascii_digit) => Ok(()),
        Some(_) => Err(Error::Port(String::from_utf8_lossy(text).into_owned())),
    }
}

fn split_port(host: &[u8]) -> (&[u8], &[u8]) {
    match host.iter().rposition(|byte| *byte == b':') {
        Some(colon) if check_port(&host[colon..]).is_ok() => (&host[..colon], &host[colon + 1..]),
        _ => (host, b""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Result<String, Error> {
        Url::parse(text).map(|url| String::from_utf8(url.to_bytes()).unwrap())
    }

    #[test]
    fn addresses_come_back_as_go_writes_them() {
        for (text, expected) in [
            ("HTTP://Host:9090/a b?q=1#f", "http://Host:9090/a%20b?q=1#f"),
            ("http://ada:pa ss@x", ""),
            ("http://ada:p%40ss@x/", "http://ada:p%40ss@x/"),
            ("http://[fe80::1%25eth0]:80/", "http://[fe80::1%25eth0]:80/"),
            ("mailto:ada", "mailto:ada"),
            ("a/b:c", "a/b:c"),
            ("/x?", "/x?"),
            ("unix:/run/socket", "unix:/run/socket"),
        ] {
            assert_eq!(written(text).unwrap_or_default(), expected, "{text}");
        }
    }

    #[test]
    fn parts_are_told_apart() {
        let url = Url::parse("https://ada@[2001:db8::1]:8443/a%2Fb").unwrap();
        assert_eq!((url.hostname(), url.port()), (&b"2001:db8::1"[..], &b"8443"[..]));
        assert_eq!((url.scheme.as_str(), &*url.path), ("https", &b"/a/b"[..]));
        assert_eq!(url.user, Some((b"ada".to_vec(), None)));
        let url = Url::parse("http://a").unwrap();
        assert_eq!((url.hostname(), url.port()), (&b"a"[..], &b""[..]));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for (text, error) in [
            ("http://a\n", Error::Control),
            (":80", Error::NoScheme),
            ("10.0.0.1:80", Error::Colon),
            ("http://a/%2", Error::Escape("%2".to_owned())),
            ("http://a%41", Error::Escape("%41".to_owned())),
            ("http://${dev}:80", Error::HostCharacter('{')),
            ("http://a:8o", Error::Port(":8o".to_owned())),
            ("http://[::1", Error::Bracket),
            ("http://[10.0.0.1]", Error::Address),
            ("http://a{b@c", Error::User),
        ] {
            assert_eq!(Url::parse(text), Err(error), "{text}");
        }
    }
}
