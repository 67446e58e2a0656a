//! Tests of the whole file: its texts, its errors, and every version gate.

mod file;
mod gates;
mod objects;
