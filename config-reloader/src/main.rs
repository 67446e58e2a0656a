//! Entry point of the config-reloader.

fn main() {}
