//! Addresses as Go reads them, which is what Prometheus loads its configuration with. The parts are those of RFC 3986; of
//! the characters, Go is strict in the host and the port alone. Pure.

/// An address of the form `scheme://…`, as the schema binds most of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Url<'a> {
    /// What stands in front of `://`.
    pub scheme: &'a str,
    /// The host with its port; empty where there is none.
    pub host: &'a str,
}

impl<'a> Url<'a> {
    /// The parts of `text`, or nothing where Go would refuse it.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        if text.chars().any(|character| character.is_ascii_control()) {
            return None;
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority = &rest[..end];
        let (user, host_and_port) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (host, port) = match host_and_port.strip_prefix('[') {
            Some(address) => address.split_once(']')?,
            None => (host_and_port.find(':')).map_or((host_and_port, ""), |colon| host_and_port.split_at(colon)),
        };
        let is_port = port.is_empty()
            || port
                .strip_prefix(':')
                .is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
        let is_valid = is_port
            && host.chars().all(is_host_character)
            && user.chars().all(is_user_character)
            && !rest.contains("%%");
        is_valid.then_some(Self {
            scheme,
            host: host_and_port,
        })
    }
}

fn is_host_character(character: char) -> bool {
    !character.is_ascii() || character.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:[]<>\"%".contains(character)
}

fn is_user_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports_are_read_strictly() {
        for (text, scheme, host) in [
            ("http://user:pass@proxy:80/path?x={y}", "http", "proxy:80"),
            ("socks5://[fe80::1]:1080", "socks5", "[fe80::1]:1080"),
            ("https://größe.example", "https", "größe.example"),
            ("unix:///var/run/docker.sock", "unix", ""),
        ] {
            assert_eq!(Url::parse(text), Some(Url { scheme, host }), "{text}");
        }
        for text in [
            "http://a-${zone}.svc:80",
            "http://proxy:port",
            "http://a b",
            "http://[::1",
            "proxy:80",
        ] {
            assert_eq!(Url::parse(text), None, "{text}");
        }
    }
}
