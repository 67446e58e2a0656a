//! Addresses of the servers that are asked for targets.

text! {
    /// The URL of a server that lists targets, `http://` or `https://`.
    pub struct DiscoveryUrl { "pattern": "^https?://.+$" }
}

text! {
    /// The URL of a Docker daemon, with any scheme: `unix:///var/run/docker.sock`, `tcp://docker:2375`.
    pub struct DockerHost { "pattern": "^[a-zA-Z][a-zA-Z0-9+.-]*://.+$" }
}
