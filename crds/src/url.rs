//! Addresses: each kind of them with the schemes it may have.

text! {
    /// A URL that starts with `http://` or `https://`.
    pub struct HttpUrl { "pattern": "^(http|https)://.+$" }
}

text! {
    /// The URL of a proxy: `http://`, `https://` or `socks5://`.
    pub struct ProxyUrl { "pattern": "^(http|https|socks5)://.+$" }
}

words! {
    /// The protocol of a scrape or of an API.
    pub enum Scheme {
        /// Plain HTTP.
        Http = "http" | "HTTP",
        /// HTTP over TLS.
        Https = "https" | "HTTPS",
    }
}
