//! Level and format of the log of a workload's processes. Types only.

words! {
    /// The least severe messages that are logged.
    pub enum LogLevel {
        /// As if the field were absent: the program's default, info.
        Unset = "",
        /// Everything.
        Debug = "debug",
        /// What happens in normal operation, and worse.
        Info = "info",
        /// What may need attention, and worse.
        Warn = "warn",
        /// Failures only.
        Error = "error",
    }
}

words! {
    /// How messages are written.
    pub enum LogFormat {
        /// As if the field were absent: the program's default, logfmt.
        Unset = "",
        /// `key=value` pairs.
        Logfmt = "logfmt",
        /// One JSON object per line.
        Json = "json",
    }
}
