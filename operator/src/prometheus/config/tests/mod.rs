//! Tests of the whole file: its texts, its errors, and every version gate.

mod bad_input;
mod file;
mod full_scrape_config;
mod gates;
mod objects;
mod scrape_configs;
